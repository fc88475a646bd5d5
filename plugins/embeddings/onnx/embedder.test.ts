import { cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { createEmbedder } from "../index.ts";
import { onnxEmbedder } from "./embedder.ts";
import { row, type TinyModel, WORDS, writeTinyModel } from "./write-model.fixture.ts";

const home = mkdtempSync(join(tmpdir(), "onnx-"));
afterAll(() => rmSync(home, { recursive: true }));
const signal = new AbortController().signal;
let count = 0;

async function withModel<T>(options: TinyModel, work: (embedder: ReturnType<typeof onnxEmbedder>) => Promise<T>): Promise<T> {
  const embedder = onnxEmbedder(writeTinyModel(join(home, String(count++)), options));
  try {
    return await work(embedder);
  } finally {
    await embedder.close();
  }
}

/** What the model should give for these tokens. */
function reference(tokens: readonly (typeof WORDS)[number][], pooling: "mean" | "cls" = "mean"): number[] {
  const rows = (pooling === "cls" ? tokens.slice(0, 1) : tokens).map((token) => row(WORDS.indexOf(token)));
  const sum = rows.reduce((total, each) => total.map((x, i) => x + (each[i] as number)));
  const length = Math.hypot(...sum);
  return sum.map((x) => x / length);
}

function expectVector(vector: Float32Array | undefined, wanted: readonly number[]): void {
  expect(vector).toHaveLength(wanted.length);
  for (const [i, x] of wanted.entries()) expect(vector?.[i]).toBeCloseTo(x, 5);
}

test("texts of different lengths have the mean of their tokens' vectors, whatever is beside them", () =>
  withModel({}, async (embedder) => {
    const [short, long, none] = await embedder.embedAll(["Lamp", "a zebra, towers", ""], signal);
    expectVector(short, reference(["[CLS]", "lamp", "[SEP]"]));
    expectVector(long, reference(["[CLS]", "a", "zebra", "[UNK]", "tower", "##s", "[SEP]"]));
    expectVector(none, reference(["[CLS]", "[SEP]"]));
    expectVector(await embedder.embed("lamps"), reference(["[CLS]", "lamp", "##s", "[SEP]"]));
  }));

test("the first token's vector stands for the text where the model asks for it, and prefixes are set before", () =>
  withModel({ settings: { pooling: "cls", queryPrefix: "query: ", passagePrefix: "passage: " } }, async (embedder) => {
    expectVector(await embedder.embed("lamp"), reference(["[CLS]"], "cls"));
  }));

test("questions and passages have each their own prefix", () =>
  withModel({ settings: { queryPrefix: "query: ", passagePrefix: "passage: " } }, async (embedder) => {
    expectVector(await embedder.embed("lamp"), reference(["[CLS]", "query", ":", "lamp", "[SEP]"]));
    expectVector((await embedder.embedAll(["lamp"], signal))[0], reference(["[CLS]", "passage", ":", "lamp", "[SEP]"]));
  }));

test("a long text is cut at the limit and keeps its last special token", () =>
  withModel({ settings: { maxTokens: 8 } }, async (embedder) => {
    const [vector] = await embedder.embedAll(["zebra ".repeat(5000)], signal);
    expectVector(vector, reference(["[CLS]", ...Array<"zebra">(6).fill("zebra"), "[SEP]"]));
  }));

test("hundreds of texts keep their order", () =>
  withModel({}, async (embedder) => {
    const texts = Array.from({ length: 300 }, (_, i) => "lamp ".repeat(i % 7) + "zebra ".repeat(i % 5));
    const vectors = await embedder.embedAll(texts, signal);
    for (const [i, vector] of vectors.entries())
      expectVector(vector, reference(["[CLS]", ...Array<"lamp">(i % 7).fill("lamp"), ...Array<"zebra">(i % 5).fill("zebra"), "[SEP]"]));
  }));

test("the built-in model has the same vectors here as in plain JavaScript", async () => {
  const shipped = fileURLToPath(new URL("../model", import.meta.url));
  const folder = join(home, "shipped");
  mkdirSync(folder);
  for (const name of ["model.onnx", "tokenizer.json"]) cpSync(join(shipped, name), join(folder, name));
  writeFileSync(join(folder, "embedder.json"), JSON.stringify({ dimensions: 256, pooling: "mean", maxTokens: 512 }));
  const [plain, here] = [await createEmbedder(), onnxEmbedder(folder)];
  try {
    const texts = ["The price of an automobile", "Ünïcode, 汉字 and 😀!", "x".repeat(200), "word ".repeat(900), "don't stop_here"];
    const [wanted, found] = await Promise.all([plain, here].map((embedder) => embedder.embedAll(texts, signal)));
    for (const [i, vector] of (wanted ?? []).entries()) expectVector(found?.[i], [...vector]);
  } finally {
    await here.close();
  }
});

test("an aborted run ends at once, the threads are ended when idle, and the process lives", () =>
  withModel({}, async (embedder) => {
    await embedder.embed("lamp"); // the thread is up
    const stop = new AbortController();
    const run = embedder.embedAll(
      Array.from({ length: 4000 }, () => "zebra tower lamp"),
      stop.signal,
    );
    stop.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    expectVector(await embedder.embed("lamp"), reference(["[CLS]", "lamp", "[SEP]"]));
  }));

test("other weights or other settings are another model", () => {
  const ids = [{}, { rows: 40 }, { settings: { pooling: "cls" } }, {}].map(
    (options) => onnxEmbedder(writeTinyModel(join(home, "same"), options)).id,
  );
  expect(new Set(ids).size).toBe(3);
  expect(ids[0]).toBe(ids[3]);
});

const without = (name: string) => (folder: string) => rmSync(join(folder, name));
const broken: [what: string, options: TinyModel, damage: (folder: string) => void, message: RegExp][] = [
  ["no folder", {}, (folder) => rmSync(folder, { recursive: true }), /embedder\.json cannot be read/],
  ["no model", {}, without("model.onnx"), /model\.onnx cannot be read/],
  ["no tokenizer", {}, without("tokenizer.json"), /tokenizer\.json cannot be read/],
  ["no settings", {}, without("embedder.json"), /embedder\.json cannot be read/],
  ["settings that are no JSON", {}, (folder) => writeFileSync(join(folder, "embedder.json"), "{"), /embedder\.json is not JSON/],
  ["an unknown pooling", { settings: { pooling: "max" } }, () => {}, /embedder\.json: pooling is not/],
  ["a misspelt setting", { settings: { maxToken: 8 } }, () => {}, /embedder\.json: maxToken is not/],
  ["a truncated model", {}, (folder) => truncateSync(join(folder, "model.onnx"), 150), /model\.onnx is broken/],
  ["a model that is a text", {}, (folder) => writeFileSync(join(folder, "model.onnx"), "version https://git-lfs"), /model\.onnx is broken/],
  ["inputs of another kind of model", { inputs: ["pixel_values"] }, () => {}, /takes the inputs pixel_values/],
  ["other dimensions than promised", { settings: { dimensions: 8 } }, () => {}, /dimensions is 8, and the model gives 4/],
  ["a tokenizer of a larger model", { rows: 5 }, () => {}, /may not belong together/],
  ["a tokenizer that is none", {}, (folder) => writeFileSync(join(folder, "tokenizer.json"), "{}"), /tokenizer\.json is broken/],
];

test.each(broken)("%s is an error that says so", async (_, options, damage, message) => {
  const folder = writeTinyModel(join(home, String(count++)), options);
  damage(folder);
  const run = async () => {
    const embedder = await createEmbedder({ folder });
    try {
      await embedder.embed("zebra tower");
    } finally {
      await embedder.close?.();
    }
  };
  const error = await run().catch((fault: unknown) => fault);
  expect(error).toMatchObject({ code: "EMBEDDER_INVALID", message: expect.stringMatching(message) });
  expect(String(error)).toContain(folder);
});
