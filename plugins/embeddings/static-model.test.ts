import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { createEmbedder } from "./index.ts";
import { readMeta, StaticModel } from "./static-model.ts";

const folder = fileURLToPath(new URL("./model", import.meta.url));
const model = new StaticModel(folder, readMeta(folder));
const vectors = JSON.parse(readFileSync(`${folder}/test-vectors.json`, "utf8")) as { text: string; ids: number[]; embedding8: number[] }[];

test.each(vectors)("tokens and vector are those of the reference: $text", ({ text, ids, embedding8 }) => {
  expect(model.tokens(text)).toEqual(ids);
  const vector = model.embed(text);
  for (const [i, x] of embedding8.entries()) expect(vector[i]).toBeCloseTo(x, 5);
  expect(Math.hypot(...vector)).toBeCloseTo(embedding8.every((x) => x === 0) ? 0 : 1, 5);
});

test("a long text is cut at the model's limit", () => {
  expect(model.tokens("word ".repeat(10_000))).toHaveLength(512);
});

test("a text of ASCII has the tokens that it has beside other letters, whose words are read in another way", () => {
  const plain = "Hello, wOrld's a@b `x` [y] __init__\tantidisestablishmentarianism 3.14\r\nzzqx99 ";
  const tokens = model.tokens(plain);
  expect(model.tokens(`${plain}中`).slice(0, -1)).toEqual(tokens);
  expect(model.tokens(`${plain}é`.repeat(2)).slice(0, tokens.length)).toEqual(tokens);
  expect(new StaticModel(folder, { ...readMeta(folder), max_tokens: 1 }).tokens("cafeé")).toEqual(model.tokens("cafeé").slice(0, 1));
});

test("many texts have the vectors that each has alone, and an abort is noticed", async () => {
  const embedder = await createEmbedder();
  const texts = Array.from({ length: 300 }, (_, i) => `text number ${i} about ${i % 7} things`);
  const all = await embedder.embedAll(texts, new AbortController().signal);
  expect(all.map((vector) => [...vector])).toEqual(texts.map((text) => [...model.embed(text)]));
  await expect(embedder.embedAll(texts, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
});

test("likeness of meaning shows without a word in common", async () => {
  const { embed } = await createEmbedder();
  const [asked, near, far] = await Promise.all(
    ["How much does the car cost?", "The price of an automobile", "Boil the potatoes"].map((text) => embed(text)),
  );
  const cosine = (a: Float32Array | undefined, b: Float32Array | undefined) =>
    Array.from(a ?? [], (x, i) => x * (b?.[i] ?? 0)).reduce((sum, x) => sum + x, 0);
  expect(cosine(asked, near)).toBeGreaterThan(cosine(asked, far) + 0.2);
});
