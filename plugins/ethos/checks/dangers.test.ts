import { describe, expect, test } from "vitest";
import dangersFile from "../../../pipeline/text/dangers.json" with { type: "json" };
import { readQuestion } from "../../../pipeline/text/question.ts";
import { dangers } from "./dangers.ts";

const found = (answer: string, question = "How do I set it up?") => dangers({ answer, question: readQuestion(question) });

describe.each(dangersFile.dangers)("$name", ({ matches, spares, severity, reason }) => {
  test.each(matches)("%s", (command) => {
    const own = found(`First run\n\`\`\`\n${command}\n\`\`\``).find(({ warning }) => warning.text.includes(reason));
    expect(own).toBeDefined();
    expect(own?.veto !== undefined).toBe(severity === "veto");
  });
  test.each(spares)("not: %s", (text) => {
    expect(found(`First run \`${text}\``).some(({ warning }) => warning.text.includes(reason))).toBe(false);
  });
});

test("who asks about a destructive command is shown it, with a warning", () => {
  const [finding] = found("`rm -rf /` deletes everything.", "What does rm -rf / do?");
  expect(finding?.warning.text).toContain("rm -rf /");
  expect(finding?.veto).toBeUndefined();
});

test("a very long answer is looked through without delay", () => {
  expect(found("rm - curl chmod git push dd of ".repeat(20_000))).toEqual([]);
});
