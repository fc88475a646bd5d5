import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Vote } from "../../kernel/index.ts";
import { plain } from "../../test/plain.ts";
import { bestOf } from "./best-of.ts";
import { majority } from "./majority.ts";
import { ranked } from "./ranked.ts";
import { verdictBy } from "./verdict.ts";
import { weighted } from "./weighted.ts";

const WAYS = { weighted, majority, ranked, bestOf };
const vote = fc.record({
  agent: fc.constantFrom("logos", "pathos", "ethos", "fourth"),
  weight: fc.double({ min: 0, max: 10, noNaN: true }),
  approval: fc.double({ min: 0, max: 1, noNaN: true }),
  reason: fc.constant(plain("")),
});
const rules = { threshold: 0.85, maxRounds: 3 };
const voter = (agent: string, approval: number, weight = 1, rule?: string): Vote => ({
  agent,
  weight,
  approval,
  reason: plain(""),
  ...(rule ? { veto: { rule, reason: plain("no") } } : {}),
});

describe.each(Object.entries(WAYS))("counted by %s", (_, way) => {
  const verdict = verdictBy(way);

  test("no votes agree to nothing, even at threshold 0", () => {
    expect(verdict([], { threshold: 0, maxRounds: 3 })).toEqual({ agreed: false, score: 0 });
  });

  test("the order of the votes changes nothing", () => {
    const distinct = fc.uniqueArray(vote, { selector: ({ agent }) => agent });
    fc.assert(
      fc.property(distinct, (votes) => {
        expect(verdict(votes.toReversed(), rules)).toEqual(verdict(votes, rules));
      }),
    );
  });

  test("the score is from 0 to 1, and a threshold that is no number agrees to nothing", () => {
    fc.assert(
      fc.property(fc.array(vote), (votes) => {
        const { score, agreed } = verdict(votes, { threshold: Number.NaN, maxRounds: 3 });
        expect(score >= 0 && score <= 1 && !agreed).toBe(true);
      }),
    );
  });

  test("a veto outweighs full approval, and the heaviest agent's is named", () => {
    const votes = [voter("logos", 1, 1, "light"), voter("ethos", 1, 2, "heavy"), voter("c", 1, 3)];
    expect(verdict(votes, rules)).toMatchObject({ agreed: false, veto: { rule: "heavy", agent: "ethos" } });
  });
});

describe("what each way makes of the same votes", () => {
  const check = (name: string, votes: readonly [number, number][], expected: Record<keyof typeof WAYS, boolean>) =>
    test(name, () => {
      const named = votes.map(([approval, weight], i) => voter(["logos", "pathos", "ethos"][i] ?? `${i}`, approval, weight));
      const agreed = Object.entries(WAYS).map(([way, count]) => [way, verdictBy(count)(named, rules).agreed]);
      expect(Object.fromEntries(agreed)).toEqual(expected);
    });
  const all = { weighted: true, majority: true, ranked: true, bestOf: true };
  const none = { weighted: false, majority: false, ranked: false, bestOf: false };
  check(
    "all approve",
    [
      [1, 1.2],
      [1, 1],
      [1, 1.5],
    ],
    all,
  );
  check(
    "none does",
    [
      [0, 1.2],
      [0, 1],
      [0, 1.5],
    ],
    none,
  );
  check(
    "one is against",
    [
      [0.9, 1.2],
      [0.9, 1],
      [0, 1.5],
    ],
    { ...all, weighted: false },
  );
  check(
    "only Logos is sure",
    [
      [1, 1.2],
      [0.5, 1],
      [0.5, 1.5],
    ],
    { ...none, bestOf: true },
  );
  check(
    "only Logos is unsure",
    [
      [0.6, 1.2],
      [1, 1],
      [1, 1.5],
    ],
    { ...all, bestOf: false },
  );
  check(
    "a heavy one is against",
    [
      [1, 1],
      [1, 1],
      [0, 3],
    ],
    { ...all, weighted: false, ranked: false },
  );
  check(
    "none has weight",
    [
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    { weighted: false, majority: true, ranked: false, bestOf: true },
  );
});

test("the weighted score lies between the lowest and the highest approval", () => {
  fc.assert(
    fc.property(fc.array(vote, { minLength: 1 }), (votes) => {
      fc.pre(votes.some(({ weight }) => weight > 1e-9));
      const { score } = verdictBy(weighted)(votes, rules);
      const approvals = votes.map(({ approval }) => approval);
      expect(score).toBeGreaterThanOrEqual(Math.min(...approvals) - 1e-9);
      expect(score).toBeLessThanOrEqual(Math.max(...approvals) + 1e-9);
    }),
  );
});
