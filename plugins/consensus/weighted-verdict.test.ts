import fc from "fast-check";
import { expect, test } from "vitest";
import { plain } from "../../test/plain.ts";
import { weightedVerdict } from "./weighted-verdict.ts";

const vote = fc.record({
  agent: fc.string(),
  weight: fc.double({ min: 0, max: 10, noNaN: true }),
  approval: fc.double({ min: 0, max: 1, noNaN: true }),
  reason: fc.constant(plain("")),
});
const rules = { threshold: 0.85, maxRounds: 3 };

test("no votes agree to nothing, even at threshold 0", () => {
  expect(weightedVerdict([], { threshold: 0, maxRounds: 3 })).toEqual({ agreed: false, score: 0 });
});

test("votes without weight score 0", () => {
  expect(weightedVerdict([{ agent: "a", weight: 0, approval: 1, reason: plain("") }], rules)).toEqual({ agreed: false, score: 0 });
});

test("the score lies between the lowest and the highest approval", () => {
  fc.assert(
    fc.property(fc.array(vote, { minLength: 1 }), (votes) => {
      fc.pre(votes.some(({ weight }) => weight > 1e-9));
      const { score } = weightedVerdict(votes, rules);
      const approvals = votes.map(({ approval }) => approval);
      expect(score).toBeGreaterThanOrEqual(Math.min(...approvals) - 1e-9);
      expect(score).toBeLessThanOrEqual(Math.max(...approvals) + 1e-9);
    }),
  );
});

test("the order of the votes changes nothing", () => {
  fc.assert(
    fc.property(fc.array(vote), (votes) => {
      expect(weightedVerdict(votes.toReversed(), rules)).toEqual(weightedVerdict(votes, rules));
    }),
  );
});

test("a veto outweighs full approval, and the heaviest agent's is named", () => {
  const veto = (rule: string) => ({ rule, reason: plain("no") });
  const voter = (agent: string, weight: number, rule?: string) => ({
    agent,
    weight,
    approval: 1,
    reason: plain(""),
    ...(rule ? { veto: veto(rule) } : {}),
  });
  const verdict = weightedVerdict([voter("a", 1, "light"), voter("b", 2, "heavy"), voter("c", 3)], rules);
  expect(verdict).toEqual({ agreed: false, score: 1, veto: { ...veto("heavy"), agent: "b" } });
});
