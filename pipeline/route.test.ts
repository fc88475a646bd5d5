import { describe, expect, test } from "vitest";
import { chooseRoute, type Situation } from "./route.ts";

const UNSURE: Situation = { policy: "cloud", outcome: "no_consensus", score: 0.6, threshold: 0.85, mayEscalate: true, types: [] };

describe("where a question goes", () => {
  const check = (name: string, situation: Partial<Situation>, to: string, because: string) =>
    test(name, () => {
      const route = chooseRoute({ ...UNSURE, ...situation });
      expect(route.to).toBe(to);
      expect(route.reason).toContain(because);
    });
  check("local by policy", { policy: "local" }, "local", "setting");
  check("unsure, cloud allowed", {}, "cloud", "0.60 of 0.85");
  check("unsure, the user decides", { policy: "ask" }, "ask", "You said that");
  check("no evidence", { outcome: "no_evidence", score: 0 }, "cloud", "nothing was found");
  check("answered", { outcome: "answered", score: 0.9 }, "local", "agreed");
  check("vetoed", { outcome: "vetoed" }, "local", "vetoed");
  check("not screened", { mayEscalate: false }, "local", "screened");
  check("a secret in the question", { types: ["EMAIL", "API_KEY"] }, "local", "secret");
  check("an address in the question", { types: ["EMAIL"] }, "cloud", "not sure");
});
