import { expect, test } from "vitest";
import { catalogue, catalogueShape, findInCatalogue } from "./catalogue.ts";
import { chooseModel } from "./choose.ts";
import { judgeFit, type Machine, memoryNeed } from "./fit.ts";
import type { ModelShape } from "./shape.ts";

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;

const shape = (name: string): ModelShape => {
  const found = findInCatalogue(name);
  if (!found) throw new Error(name);
  return catalogueShape(found.model, found.file);
};

const machine = (memory: number, vram?: number, api: string | null = "cuda", available = memory * 0.8): Machine => ({
  memory: { total: memory * GIB, available: available * GIB },
  gpus: vram === undefined ? [] : [{ model: "Card", vram: vram * GIB, free: null, api }],
});

// What llama.cpp itself prints for these models as "KV self size" with 16-bit numbers.
const cache = (name: string, context: number, mib: number) =>
  test(`${name} keeps ${mib} MiB for ${context} tokens`, () => expect(memoryNeed(shape(name), context).cache).toBe(mib * MIB));
cache("llama-3.1-8b", 8192, 1024);
cache("mistral-7b", 4096, 512);
cache("phi-3-mini", 4096, 1536);
cache("llama-3.2-1b", 4096, 128);
cache("qwen2.5-0.5b", 4096, 48);

test("a window bounds what most layers keep", () => {
  const whole = { ...shape("gemma-3-1b"), window: { tokens: 1e9, every: 6 } };
  expect(memoryNeed(shape("gemma-3-1b"), 32768).cache).toBeLessThan(memoryNeed(whole, 32768).cache / 4);
});

test("each sequence keeps its own", () => {
  const [one, three] = [1, 3].map((sequences) => memoryNeed(shape("llama-3.1-8b"), 8192, sequences));
  expect(three?.cache).toBe(3 * (one?.cache ?? 0));
  expect((three?.total ?? 0) - (one?.total ?? 0)).toBe(2 * (one?.cache ?? 0));
});

test("more context never needs less", () => {
  for (const model of catalogue) {
    const needs = [512, 2048, 8192, 32768].map((context) => memoryNeed(catalogueShape(model, model.files[0]), context).total);
    expect(needs).toEqual(needs.toSorted((a, b) => a - b));
  }
});

const place = (name: string, on: Machine, expected: string, warning?: RegExp, context = 4096) =>
  test(`${name} at ${context} on ${JSON.stringify(on.gpus[0] ?? {})} and ${on.memory.total / GIB} GiB: ${expected} ${warning ?? ""}`, () => {
    const { place: got, warnings } = judgeFit(shape(name), on, context);
    expect(got).toBe(expected);
    if (warning) expect(warnings.join("\n")).toMatch(warning);
    else expect(warnings).toEqual([]);
  });

place("llama-3.1-8b", machine(16, 12), "gpu");
place("llama-3.1-8b", machine(16, 5), "shared", /room for 4\.7 GiB of the 6\.6 GiB/);
place("llama-3.1-8b", machine(16, 1), "cpu", /room for 0\.7 GiB/);
place("llama-3.1-8b", machine(16), "cpu");
place("llama-3.1-8b", machine(16, 24, null), "cpu", /driver does not answer/);
place("llama-3.1-8b", machine(16, undefined, null, 3), "cpu", /close other programs/);
place("llama-3.1-8b", machine(4), "none", /needs 5\.6 GiB and the machine has 4\.0 GiB/);
place("llama-3.1-8b", machine(16, 6.5), "gpu", /one after another: at the same time they need 6\.6 GiB/);
place("phi-3-mini", machine(6), "cpu", /one after another: at the same time they need 7\.2 GiB/);
place("phi-3-mini", machine(32), "cpu", /made for 4096 tokens/, 8192);

const chooses = (on: Machine, expected: string | undefined) =>
  test(`${on.memory.total / GIB} GiB with ${JSON.stringify(on.gpus.map(({ vram }) => (vram ?? 0) / GIB))} of VRAM gets ${expected}`, () =>
    expect(chooseModel(on, 4096)?.model.id).toBe(expected));

chooses(machine(6), "phi-3-mini");
chooses(machine(7.5), "phi-3-mini");
chooses(machine(7.7), "llama-3.2-3b");
chooses(machine(12), "llama-3.2-3b");
chooses(machine(24), "gemma-3-4b");
chooses(machine(24, 12), "llama-3.1-8b");
chooses(machine(24, 2), "gemma-3-4b");
chooses(machine(64), "llama-3.1-8b");
chooses(machine(64, 24), "llama-3.1-8b");
chooses(machine(1.6), "qwen2.5-0.5b");
chooses(machine(0.8), undefined);
chooses(machine(64, undefined, "cuda", 2), "llama-3.2-1b");

test("the catalogue is whole: names once, the smallest file first, checksums only where they are ones", () => {
  expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
  for (const { id, files, parameters, heads, kvHeads } of catalogue) {
    expect(
      files.map(({ gb }) => gb),
      id,
    ).toEqual(files.map(({ gb }) => gb).toSorted((a, b) => a - b));
    expect(heads % kvHeads, id).toBe(0);
    for (const { hub, gb, sha256, quantisation } of files) {
      expect(hub).toMatch(/^[\w.-]+\/[\w.-]+\/[\w.-]+\.gguf$/);
      if (sha256 !== undefined) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      const bits = (gb * 8e9) / parameters; // a number that was mistyped would be far out
      expect(bits, `${id} ${quantisation}`).toBeGreaterThan(quantisation === "Q8_0" ? 8 : 4.5);
      expect(bits, `${id} ${quantisation}`).toBeLessThan(quantisation === "Q8_0" ? 12 : 8.2);
    }
  }
});

test("a file is found by its quantisation, in any case", () => {
  expect(findInCatalogue("Llama-3.2-1B:q8_0")?.file.quantisation).toBe("Q8_0");
  expect(findInCatalogue("llama-3.2-1b:Q3")).toBeUndefined();
  expect(findInCatalogue("nothing")).toBeUndefined();
});
