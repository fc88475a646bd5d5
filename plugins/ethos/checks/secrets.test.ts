import { describe, expect, test } from "vitest";
import { passageOf } from "../../../test/plain.ts";
import { trialOf } from "../../../test/trial.ts";
import { secrets } from "./secrets.ts";

const TEXT = "The staging key is sk-4242abcd. Ask ada@example.org.";
const entity = (type: string, value: string) => ({
  type,
  token: `[${type}_01]`,
  start: TEXT.indexOf(value),
  end: TEXT.indexOf(value) + value.length,
  at: 0,
});
const source = { ...passageOf(1, TEXT), entities: [entity("API_KEY", "sk-4242abcd"), entity("EMAIL", "ada@example.org")] };

describe("a secret in the answer", () => {
  const check = (name: string, question: string, answer: string, warned: boolean) =>
    test(name, () => {
      const findings = secrets({ ...trialOf(question, source), answer });
      expect(findings).toHaveLength(warned ? 1 : 0);
      expect(JSON.stringify(findings)).not.toContain("sk-4242abcd");
      if (warned) expect(findings[0]?.warning.text).toContain("api key");
    });
  check("is warned of, without its value", "What is the staging key?", TEXT, true);
  check("not when the question held it", "Is sk-4242abcd the staging key?", TEXT, false);
  check("not when the answer leaves it out", "Whom do I ask?", "Ask ada@example.org.", false);
});
