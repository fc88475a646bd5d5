/** What people ask of a project's documentation, and the shape of what they get. */
import { beforeAll, describe, expect, test } from "vitest";
import { LAMP } from "./lamp-project.ts";
import { jsonLines, User } from "./synesis.ts";

interface Row {
  readonly id: string;
  readonly outcome: string;
  readonly answer: string | null;
  readonly warnings: readonly string[];
}

const QUESTIONS: Readonly<Record<string, string>> = {
  definition: "What is lampctl?",
  installation: "How do I install lampctl?",
  steps: "How do I use lampctl?",
  list: "What are the supported lamps?",
  yes: "Does lampctl work offline?",
  why: "Why was radio chosen?",
  comparison: "What is the difference between Fresnel and LED lamps?",
  summary: "Give me a summary of the lamps",
  place: "Where is the radio channel kept?",
  person: "Who added the beacon?",
  port: "What is the default port?",
  reset: "How do I reset the harbour server?",
  forecast: "What does the fog forecast require?",
};

const rows = new Map<string, Row>();
beforeAll(async () => {
  const user = new User(LAMP);
  const input = Object.entries(QUESTIONS).map(([id, question]) => JSON.stringify({ id, question }));
  user.write("questions.jsonl", `${input.join("\n")}\n`);
  const { stdout } = await user.run([
    "batch",
    "ask",
    "questions.jsonl",
    "--path",
    "README.md",
    "--path",
    "docs",
    "--path",
    "notes",
    "--threshold",
    "0",
  ]);
  for (const row of jsonLines(stdout)) rows.set(String(row["id"]), row as unknown as Row);
});

describe("the answer has the shape of the question", () => {
  const check = (id: string, ...expected: readonly RegExp[]) =>
    test(`${QUESTIONS[id]}`, () => {
      const answer = rows.get(id)?.answer ?? "";
      for (const pattern of expected) expect(answer).toMatch(pattern);
    });
  check("definition", /^lampctl is a command-line tool[^[]*over radio\. \[1\]/);
  check("installation", /^```\nnpm install --global lampctl\n```/);
  check("steps", /^1\. Plug in the radio stick\.\n2\. Run `lampctl scan`[\s\S]*\n3\. Run `lampctl on 7`/);
  check("list", /^- Fresnel L4\n- Fresnel L7\n- Brass Major\n- LED Minor/);
  check("yes", /^Yes: lampctl works offline\. \[1\]/);
  check("why", /because cables rust in salt water/);
  check("comparison", /^- .*Fresnel lamps reach 20 miles/m, /^- .*LED lamps reach 8 miles/m);
  check("summary", /^- /m, /\[2\]/);
  check("place", /~\/\.lampctl\/config\.json/);
  check("person", /Mara Lind/);
});

test("sources that disagree are shown with both places", () => {
  const [warning = ""] = rows.get("port")?.warnings ?? [];
  for (const text of ["8080", "9090", "settings.md", "old-port.md"]) expect(warning).toContain(text);
});

test("a command that would wipe the machine is vetoed", () => {
  expect(rows.get("reset")).toMatchObject({ outcome: "vetoed", answer: null });
});

test("what this machine cannot have is said", () => {
  expect(rows.get("forecast")?.warnings.join()).toMatch(/900 TB of memory; this machine has [\d.]+ GB/);
});
