import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { MemoryTokenVault } from "./memory-vault.ts";
import { SqliteTokenVault } from "./vault.ts";

const type = fc.constantFrom("EMAIL", "PHONE");
const act = fc.oneof(
  fc.record({
    kind: fc.constant("assign"),
    values: fc.array(fc.record({ type, value: fc.constantFrom("a", "b", "c", "d") }), { maxLength: 4 }),
  }),
  fc.record({ kind: fc.constantFrom("valueOf", "reserve"), type, number: fc.integer({ min: 1, max: 5 }) }),
);

test("it hands out the very tokens that a new session on the disk does", () => {
  const disk = new SqliteTokenVault(mkdtempSync(join(tmpdir(), "vault-")));
  onTestFinished(() => disk.close());
  let session = 0;
  fc.assert(
    fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
      const sessions = [disk, new MemoryTokenVault()].map((vault) => vault.session(`s${session}`));
      session++;
      const [kept, held] = sessions.map((tokens) =>
        acts.map((one) => ("values" in one ? tokens.assign(one.values) : tokens[one.kind as "valueOf" | "reserve"](one.type, one.number))),
      );
      expect(held).toEqual(kept);
    }),
    { numRuns: 60 },
  );
});
