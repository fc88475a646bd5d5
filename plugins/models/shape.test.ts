import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Gguf, readGguf } from "../../pipeline/gguf/read.ts";
import { smallGguf } from "../../pipeline/gguf/write.fixture.ts";
import { shapeOf } from "./shape.ts";

const file = join(mkdtempSync(join(tmpdir(), "shape-")), "x.gguf");
function small(): Gguf {
  writeFileSync(file, smallGguf());
  return readGguf(file);
}

test("a shape is read from what the file says", () => {
  expect(shapeOf(small())).toEqual({
    weights: 1036,
    layers: 2,
    embedding: 64,
    heads: 4,
    cachedHeads: 4,
    keyLength: 16,
    valueLength: 16,
    vocabulary: 4,
    context: 2048,
  });
});

const refusesShape = (name: string, change: (entries: [string, unknown][]) => void, reason: RegExp) =>
  test(`a model ${name} is refused`, () => {
    const gguf = small();
    const entries = [...gguf.metadata] as [string, unknown][];
    change(entries);
    const changed = { ...gguf, metadata: new Map(entries) as typeof gguf.metadata };
    expect(() => shapeOf(changed)).toThrow(reason);
  });

refusesShape("without an architecture", (entries) => entries.shift(), /kind of model/);
refusesShape("that is an adapter", (entries) => entries.push(["general.type", "adapter"]), /adapter/);
refusesShape("without layers", (entries) => entries.push(["llama.block_count", 0]), /block_count/);
refusesShape("of 2^40 heads", (entries) => entries.push(["llama.attention.head_count", 2 ** 40]), /head_count/);
refusesShape("whose context is a text", (entries) => entries.push(["llama.context_length", "long"]), /context_length/);
