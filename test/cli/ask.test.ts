import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { User } from "./synesis.ts";

interface Answer {
  readonly id: string;
  readonly outcome: string;
  readonly answer: string | null;
  readonly citations: readonly { n: number; path: string; start: number; end: number; quote: string }[];
  readonly consensus: {
    score: number;
    threshold: number;
    rounds: number;
    votes: readonly { agent: string; weight: number; approval: number; veto: string | null; reason: string }[];
  };
  readonly [field: string]: unknown;
}

const ask = async (user: User, ...args: string[]) => {
  const { code, value, stderr } = await user.json(["ask", ...args]);
  return { code, stderr, answer: value as Answer };
};

test("a question is answered from the files, cited, with three votes", async () => {
  const user = new User(HANDBOOK);
  const { code, answer } = await ask(user, "Who built the Heliograph?", "--path", ".");
  expect(code).toBe(0);
  expect(answer).toMatchObject({
    question: "Who built the Heliograph?",
    outcome: "answered",
    route: "local",
    mode: "embedded",
    model: null,
    redactions: {},
    tokens: { in: 0, out: 0 },
    cost: { cents: 0 },
    consensus: { threshold: 0.85, rounds: 1 },
  });
  expect(answer.answer).toContain("Carl Friedrich Gauss");
  expect(answer.consensus.score).toBeGreaterThanOrEqual(0.85);
  expect(answer.consensus.votes.map(({ agent, weight }) => [agent, weight])).toEqual([
    ["pathos", 1],
    ["logos", 1.2],
    ["ethos", 1.5],
  ]);
  expect(Object.keys(answer["timings"] as object).sort()).toEqual(["council", "escalate", "redact", "reinflate", "retrieve", "total"]);
});

test("a citation's offsets are where its quote stands in the file", async () => {
  const user = new User(HANDBOOK);
  const { answer } = await ask(user, "How far does the Heliograph reach on a clear day?", "--path", "handbook.md", "--threshold", "0");
  expect(answer.citations.length).toBeGreaterThan(0);
  for (const { path, start, end, quote } of answer.citations) expect(readFileSync(path, "utf8").slice(start, end)).toBe(quote);
});

test("an HTML citation's offsets are where its words stand in the file, tags and entities and all", async () => {
  const html =
    "<html><body><h1>Signals</h1>\r\n<p>Write to zo\u00eb@example.org. The <b>brass</b> lamp &amp; its\r\n wick were made by   Ines&nbsp;Falk in 1907.</p></body></html>";
  const user = new User({ "lamp.html": html });
  const { answer } = await ask(user, "Who made the brass lamp?", "--path", "lamp.html", "--threshold", "0");
  const [citation] = answer.citations;
  expect(citation?.quote).toContain("Ines");
  const cited = html.slice(citation?.start, citation?.end);
  expect(cited).toMatch(/^The <b>brass<\/b> lamp &amp; its[\s\S]*in 1907\.$/);
});

test("an answer shows secret values to its user, while what is recorded holds only tokens", async () => {
  const user = new User(HANDBOOK);
  const { answer } = await ask(
    user,
    "What is the e-mail address of the keeper of the northern station?",
    "--path",
    "notes",
    "--threshold",
    "0",
  );
  expect(answer.answer).toContain("ada.quill@station.example");
  const { value } = await user.json(["logs", "show", answer.id]);
  expect(JSON.stringify(value)).not.toContain("ada.quill");
  expect(JSON.stringify(value)).toContain("[EMAIL_01]");
});

test("offsets count the file's own characters, also after a value was hidden", async () => {
  const user = new User({
    "a.md": "Write to zoe@example.org or bob@example.org about rents. The rent of the lighthouse is 700 crowns a year.",
  });
  const { answer } = await ask(user, "What is the rent of the lighthouse?", "--path", "a.md", "--threshold", "0");
  expect(answer.answer).toContain("700 crowns");
  for (const { path, start, end, quote } of answer.citations) expect(readFileSync(path, "utf8").slice(start, end)).toBe(quote);
});

test("a secret in the question is counted and found", async () => {
  const user = new User(HANDBOOK);
  const { answer } = await ask(user, "Whose address is ada.quill@station.example?", "--path", "notes", "--threshold", "0");
  expect(answer["redactions"]).toEqual({ EMAIL: 1 });
  expect(answer.answer).toContain("ada.quill@station.example");
});

test("without evidence there is no answer", async () => {
  const user = new User(HANDBOOK);
  const { code, answer } = await ask(user, "Which submarine won the chess championship of Reykjavik?", "--path", ".");
  expect(code).toBe(4);
  expect(["no_evidence", "no_consensus"]).toContain(answer.outcome);
  expect(answer.answer).toBeNull();
  expect(answer.citations).toEqual([]);
});

test("only what lies below the paths given is used", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  const { answer } = await ask(user, "How far does the Heliograph reach on a clear day?", "--path", "notes", "--threshold", "0");
  for (const { path } of answer.citations) expect(path).toContain("contacts.txt");
});

test("a changed file is seen by the next question, a removed one is forgotten", async () => {
  const user = new User({ "pool.md": "The pool opens at 9 in the morning." });
  await ask(user, "When does the pool open?", "--path", ".");
  user.write("pool.md", "The pool opens at 7 in the morning, earlier than before.");
  const { answer } = await ask(user, "When does the pool open?", "--path", ".", "--threshold", "0");
  expect(answer.answer).toContain("at 7");
});

test("a question can come from standard input", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  const { value } = await user.json(["ask", "-"], "Who built the Heliograph?\n");
  expect(value).toMatchObject({ question: "Who built the Heliograph?", outcome: "answered" });
});

test("a person reads the answer, its sources with lines, and the votes", async () => {
  const user = new User(HANDBOOK);
  const { stdout } = await user.run(["ask", "Who built the Heliograph?", "--path", ".", "--explain"]);
  for (const text of ["Gauss", "[1] handbook.md:3", "pathos", "logos", "ethos", "Embedded mode", "Round 1"]) expect(stdout).toContain(text);
});

const refuses = (name: string, args: string[], code: string, exit: number, input = "") =>
  test(name, async () => {
    const user = new User(HANDBOOK);
    const { code: got, value } = await user.json(["ask", ...args], input);
    expect(value).toEqual({ error: { code, message: expect.any(String), next: expect.stringMatching(/\w/) } });
    expect(got).toBe(exit);
  });

refuses("an empty question is refused", [""], "EMPTY_QUESTION", 2);
refuses("a question of white space is refused", ["  \n "], "EMPTY_QUESTION", 2);
refuses("no question at all is refused", [], "EMPTY_QUESTION", 2);
refuses("a question of 10 MB is refused", ["-"], "QUESTION_TOO_LONG", 2, "why ".repeat(2_500_000));
refuses("a long question is refused", ["-"], "QUESTION_TOO_LONG", 2, "why ".repeat(10_000));
refuses("a path that is not there is refused", ["Why?", "--path", "nowhere"], "PATH_NOT_FOUND", 2);
refuses("a threshold above 1 is refused", ["Why?", "--threshold", "1.5"], "USAGE", 2);
refuses("a threshold that is no number is refused", ["Why?", "--threshold", "NaN"], "USAGE", 2);
refuses("more than three rounds are refused", ["Why?", "--rounds", "4"], "USAGE", 2);
refuses("a session name with a slash is refused", ["Why?", "--session", "../x"], "SESSION_INVALID", 2);
refuses("an unknown flag is refused", ["Why?", "--nothing"], "USAGE", 2);
