/** Real files, whole and broken, and what is made of them. */
import { mkdirSync, mkdtempSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SynesisError } from "../../kernel/index.ts";
import { type Entry, ggufBytes, header, smallGguf, type Tensor, text, u32 } from "../../pipeline/gguf/write.fixture.ts";
import { writeTinyModel } from "../../test/generators/tiny-model.ts";
import { assertFits } from "./fits-model.ts";
import { modelName } from "./read/adapter.ts";
import { adapterFile, readAdapter } from "./read/read-adapter.ts";
import { safetensorsBytes } from "./safetensors.fixture.ts";
import { LoraStore } from "./store.ts";

const folder = mkdtempSync(join(tmpdir(), "lora-"));
let files = 0;
const put = (bytes: Uint8Array, name = `${files++}.bin`): string => {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
};
const newHome = () => mkdtempSync(join(tmpdir(), "lora-home-"));

const KIND: readonly Entry[] = [
  ["general.architecture", "string", "llama"],
  ["general.type", "string", "adapter"],
  ["adapter.type", "string", "lora"],
  ["adapter.lora.alpha", "f32", 16],
];
const NAMES: readonly Entry[] = [
  ["general.name", "string", "House style"],
  ["general.base_model.0.name", "string", "Llama 3.2 1B Instruct"],
  ["general.base_model.0.organization", "string", "Meta Llama"],
];
const matrix = (name: string, ...dimensions: number[]): Tensor => ({
  name,
  dimensions,
  data: new Float32Array(dimensions.reduce((a, b) => a * b, 1)),
});
const pair = (name: string, inputs: number, outputs: number, rank = 4) => [
  matrix(`${name}.lora_a`, inputs, rank),
  matrix(`${name}.lora_b`, rank, outputs),
];
const Q = "blk.0.attn_q.weight";
const gguf = (more: readonly Entry[] = NAMES, tensors = pair(Q, 64, 64)) => ggufBytes([...KIND, ...more], tensors);
const peft = (more: Record<string, readonly number[]> = {}) =>
  safetensorsBytes({ "base_model.model.q_proj.lora_A.weight": [8, 64], "base_model.model.q_proj.lora_B.weight": [32, 8], ...more });

describe("what a file says of itself", () => {
  test("is read from a GGUF adapter", () => {
    const bytes = gguf();
    expect(readAdapter(put(bytes))).toMatchObject({
      kind: "gguf",
      title: "House style",
      baseModel: "Meta Llama/Llama 3.2 1B Instruct",
      architecture: "llama",
      rank: 4,
      alpha: 16,
      sizeBytes: bytes.length,
    });
  });

  test("is read from a safetensors adapter, and from the configuration beside it", () => {
    const own = join(folder, "peft-style");
    mkdirSync(own);
    writeFileSync(join(own, "adapter_model.safetensors"), peft());
    const config = {
      peft_type: "LORA",
      r: 8,
      lora_alpha: 32,
      target_modules: ["q_proj"],
      base_model_name_or_path: "meta-llama/Llama-3.2-1B",
      task_type: "x",
    };
    writeFileSync(join(own, "adapter_config.json"), JSON.stringify(config));
    const adapter = readAdapter(adapterFile(own));
    expect(adapter).toMatchObject({ kind: "safetensors", baseModel: "meta-llama/Llama-3.2-1B", rank: 8, alpha: 32 });
    expect(adapter.config).toEqual({ r: 8, lora_alpha: 32, target_modules: ["q_proj"] });
  });

  for (const [given, expected] of [
    ["meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-1B"],
    ["https://hub.example/meta-llama/Llama-3.2-1B", "meta-llama/Llama-3.2-1B"],
    ["/home/somebody/models/Llama-3.2-1B/", "Llama-3.2-1B"],
    ["C:\\models\\Llama", "Llama"],
    ["\u001b[31mred", null],
    [7, null],
  ] as const)
    test(`a model's name of ${JSON.stringify(given)} is ${expected}`, () => expect(modelName(given)).toBe(expected));
});

const refuses = (what: string, bytes: Uint8Array, reason: RegExp) =>
  test(`${what} is refused`, () => {
    const attempt = () => readAdapter(put(bytes));
    expect(attempt).toThrow(expect.objectContaining({ code: "LORA_INVALID" }));
    expect(attempt).toThrow(reason);
  });
const described = (description: string, data = 0) => {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(description.length));
  return Buffer.concat([length, Buffer.from(description), Buffer.alloc(data)]);
};
const one = (entry: object) => described(JSON.stringify({ "x.lora_A": entry }), 8);

describe("a file that is no adapter", () => {
  refuses("one of 0 bytes", Buffer.alloc(0), /empty/);
  refuses("a web page", Buffer.from("<!doctype html><title>Not found</title>"), /cut short/);
  refuses("a GGUF model", smallGguf(), /a model, not an adapter/);
  refuses("a control vector", ggufBytes([...KIND.slice(0, 2), ["adapter.type", "string", "control"]]), /another kind/);
  refuses("an adapter of nothing", gguf(NAMES, []), /nothing in it/);
  refuses("an adapter with tensors of a model", gguf(NAMES, [...pair(Q, 64, 64), matrix(Q, 64, 64)]), /not LoRA's/);
  refuses("half a pair", gguf(NAMES, pair(Q, 64, 64).slice(0, 1)), /missing/);
  refuses("a pair of two ranks", gguf(NAMES, [matrix(`${Q}.lora_a`, 64, 4), matrix(`${Q}.lora_b`, 8, 64)]), /ranks/);
  refuses("a million million tensors", header(10n ** 12n, 0), /tensors/);
  refuses("a GGUF file that goes on", Buffer.concat([gguf(), Buffer.alloc(200_000)]), /goes on/);
  refuses(
    "a GGUF file whose text claims 2^60 bytes",
    Buffer.concat([header(0, 1), text("a"), u32(8), Buffer.from([0, 0, 0, 0, 0, 0, 0, 16])]),
    /too l/,
  );
  refuses("a safetensors model", safetensorsBytes({ "model.embed.weight": [4, 4] }), /no LoRA/);
  refuses("a safetensors file cut short", peft().subarray(0, -5), /cut short/);
  refuses("a safetensors file that goes on", Buffer.concat([peft(), Buffer.alloc(9)]), /goes on/);
  refuses(
    "a description longer than the file",
    Buffer.concat([Buffer.from([255, 255, 255, 255, 255, 255, 255, 127]), Buffer.alloc(99)]),
    /cut short/,
  );
  refuses("a description that is a list", described("[1,2,3]"), /cannot be read/);
  refuses("a description nested without end", described("[".repeat(100_000)), /cannot be read/);
  refuses("an unknown type", one({ dtype: "constructor", shape: [2], data_offsets: [0, 8] }), /unknown type/);
  refuses("a negative size", one({ dtype: "F32", shape: [-2, -1], data_offsets: [0, 8] }), /no usable size/);
  refuses("a size beyond all numbers", one({ dtype: "F32", shape: [1e300, 1e300], data_offsets: [0, 8] }), /size/);
  refuses("a tensor that lies elsewhere", one({ dtype: "F32", shape: [2], data_offsets: [8, 16] }), /holes/);
  refuses("a tensor smaller than it claims", one({ dtype: "F32", shape: [9], data_offsets: [0, 8] }), /not as large/);

  test("a sparse file of 10 GB is refused without being read", () => {
    const file = put(gguf());
    truncateSync(file, 10e9);
    expect(() => readAdapter(file)).toThrow(/no adapter is larger/);
  });

  test("a link that leads to itself is refused, not a fault", () => {
    const link = join(folder, "itself.gguf");
    symlinkSync(link, link);
    for (const look of [() => adapterFile(link), () => readAdapter(link)])
      expect(look).toThrow(expect.objectContaining({ code: "LORA_INVALID", message: expect.stringContaining("ELOOP") }));
  });

  test("a folder without an adapter, a thing that is no file, and nothing at all are refused", () => {
    expect(() => adapterFile(newHome())).toThrow(expect.objectContaining({ code: "LORA_INVALID" }));
    expect(() => adapterFile("/dev/null")).toThrow(expect.objectContaining({ code: "LORA_INVALID" }));
    expect(() => adapterFile(join(folder, "nowhere"))).toThrow(expect.objectContaining({ code: "PATH_NOT_FOUND" }));
  });

  for (const [what, config, reason] of [
    ["tells another rank", { r: 16, lora_alpha: 1, target_modules: "q" }, /another rank/],
    ["is of another kind", { peft_type: "IA3" }, /another kind/],
    ["says nothing", {}, /another rank/],
    ["is a list", [], /cannot be read/],
    ["is 1 MB", { x: "x".repeat(1e6) }, /too large/],
  ] as const)
    test(`one whose configuration ${what} is refused`, () => {
      const own = mkdtempSync(join(folder, "config-"));
      writeFileSync(join(own, "adapter_model.safetensors"), peft());
      writeFileSync(join(own, "adapter_config.json"), JSON.stringify(config));
      expect(() => readAdapter(adapterFile(own))).toThrow(reason);
    });

  test("any bytes are at most refused", () => {
    const change = fc.array(fc.tuple(fc.nat(600), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(fc.constantFrom(gguf(), peft()), change, (whole, changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        try {
          readAdapter(put(bytes, "fuzzed"));
        } catch (error) {
          expect(error).toBeInstanceOf(SynesisError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe("whether an adapter fits a model", () => {
  const model = join(folder, "tiny.gguf");
  writeTinyModel(model);
  const check = (what: string, bytes: Uint8Array, code: string | undefined) =>
    test(`${what}: ${code ?? "yes"}`, () => {
      const attempt = () => assertFits(readAdapter(put(bytes)), model);
      if (code === undefined) attempt();
      else expect(attempt).toThrow(expect.objectContaining({ code }));
    });
  check("the sizes of its tensors are the model's", gguf([], pair(Q, 64, 64)), undefined);
  check(
    "it changes the embedding, whose matrices are turned",
    gguf([], [matrix("token_embd.weight.lora_a", 4, 306), matrix("token_embd.weight.lora_b", 4, 64)]),
    undefined,
  );
  check(
    "it changes another embedding",
    gguf([], [matrix("token_embd.weight.lora_a", 4, 300), matrix("token_embd.weight.lora_b", 4, 64)]),
    "LORA_MISMATCH",
  );
  check("its tensors are larger", gguf([], pair(Q, 128, 128)), "LORA_MISMATCH");
  check("it changes a layer that is not there", gguf([], pair("blk.7.attn_q.weight", 64, 64)), "LORA_MISMATCH");
  check(
    "it is for another kind of model",
    ggufBytes([["general.architecture", "string", "gemma"], ...KIND.slice(1)], pair(Q, 64, 64)),
    "LORA_MISMATCH",
  );
  check("it is a safetensors file", peft(), "LORA_UNUSABLE");
});

describe("the registry", () => {
  test("shows what lies in the folder and what is registered, and what is wrong with each that is not usable", () => {
    const home = newHome();
    const loras = join(home, "loras");
    mkdirSync(join(loras, "peft-one"), { recursive: true });
    writeFileSync(join(loras, "tone.gguf"), gguf());
    writeFileSync(join(loras, "broken.gguf"), "GGUF");
    writeFileSync(join(loras, "notes.txt"), "x");
    writeFileSync(join(loras, "peft-one/adapter_model.safetensors"), peft());
    const elsewhere = put(gguf(), "tone.gguf");
    expect(new LoraStore(home).register(elsewhere).name).toBe("tone-2");
    expect(new LoraStore(home).register(elsewhere).name).toBe("tone-2");
    const { adapters, refused } = new LoraStore(home).list();
    expect(adapters.map(({ name }) => name).sort()).toEqual(["peft-one", "tone", "tone-2"]);
    expect(refused).toMatchObject([{ name: "broken", reason: expect.stringMatching(/description/) }]);
  });

  test("deletes what is its own, and forgets what is not", () => {
    const home = newHome();
    const store = new LoraStore(home);
    const elsewhere = put(gguf(), "outside.gguf");
    store.register(elsewhere);
    expect(store.remove("outside")).toEqual({ path: elsewhere, deleted: false });
    expect(() => store.find("outside")).toThrow(expect.objectContaining({ code: "LORA_NOT_FOUND" }));
    expect(readAdapter(elsewhere).rank).toBe(4);
    mkdirSync(join(home, "loras/own"), { recursive: true });
    writeFileSync(join(home, "loras/own/adapter_model.safetensors"), peft());
    expect(store.remove("own").deleted).toBe(true);
    expect(store.list()).toEqual({ adapters: [], refused: [] });
  });

  test("takes no name for a path, and nothing from a registry that somebody spoilt", () => {
    const home = newHome();
    mkdirSync(join(home, "loras"));
    expect(() => new LoraStore(home).find("../tiny")).toThrow(expect.objectContaining({ code: "LORA_NOT_FOUND" }));
    for (const spoilt of ["{", "[]", '{"paths":7}', '{"paths":{"../x":"/etc/passwd","y":7}}']) {
      writeFileSync(join(home, "loras/registry.json"), spoilt);
      expect(new LoraStore(home).list()).toEqual({ adapters: [], refused: [] });
    }
  });
});
