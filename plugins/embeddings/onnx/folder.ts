import { createHash, type Hash } from "node:crypto";
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, readSync } from "node:fs";
import { basename, join } from "node:path";
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";

/** `embedder.json`: what neither the model nor its tokenizer say of themselves. */
const schema = z.strictObject({
  /** Length of a vector. */
  dimensions: z.int().check(z.gte(1), z.lte(8192)),
  /** How the vectors of a text's tokens become one: their mean, or the first token's. */
  pooling: z.enum(["mean", "cls"]),
  /** Longer texts are cut; special tokens count. */
  maxTokens: z.int().check(z.gte(8), z.lte(32_768)),
  /** What the model was trained to see before a question, and before a passage. */
  queryPrefix: z._default(z.string(), ""),
  passagePrefix: z._default(z.string(), ""),
});

/** An ONNX encoder in a folder of its own, as it crosses to the threads that run it. */
export interface OnnxModel extends Readonly<z.infer<typeof schema>> {
  /** Name of the folder and a fingerprint of its files: other weights, other vectors. */
  readonly id: string;
  readonly file: string;
  readonly tokenizer: string;
}

/** @throws SynesisError EMBEDDER_INVALID when a file is missing, or `embedder.json` does not say what it has to. */
export function readModelFolder(folder: string): OnnxModel {
  const file = join(folder, "model.onnx");
  const tokenizer = join(folder, "tokenizer.json");
  const settings = schema.safeParse(readSettings(join(folder, "embedder.json")));
  if (!settings.success) {
    const [issue] = settings.error.issues;
    const key = issue?.code === "unrecognized_keys" ? issue.keys[0] : issue?.path.join(".");
    throw invalid(folder, `embedder.json: ${key || "the file"} is not what it has to be`);
  }
  return { ...settings.data, file, tokenizer, id: `${basename(folder)}-${fingerprint(folder)}` };
}

export function invalid(folder: string, what: string, cause?: unknown): SynesisError {
  return new SynesisError("EMBEDDER_INVALID", `${what} (${folder}).`, { cause });
}

function readSettings(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code !== undefined;
    throw invalid(join(file, ".."), missing ? "embedder.json cannot be read" : "embedder.json is not JSON", cause);
  }
}

/** Places of a large file that are looked at, and how much at each: reading all of it would take seconds at each start. */
const PLACES = 64;
const AT_EACH = 64 * 1024;

/** Of the weights (with what lies beside them as `model.onnx…`), the tokenizer and the settings. */
function fingerprint(folder: string): string {
  const hash = createHash("sha256");
  const weights = filesIn(folder).filter((name) => name.startsWith("model.onnx"));
  if (!weights.includes("model.onnx")) weights.unshift("model.onnx"); // so that its absence is an error
  for (const name of [...weights, "tokenizer.json", "embedder.json"]) {
    try {
      sample(join(folder, name), hash);
    } catch (cause) {
      throw invalid(folder, `${name} cannot be read`, cause);
    }
  }
  return hash.digest("hex").slice(0, 8);
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (cause) {
    throw invalid(folder, "the folder cannot be read", cause);
  }
}

function sample(file: string, hash: Hash): void {
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    hash.update(String(size));
    const buffer = Buffer.alloc(AT_EACH);
    const step = Math.max(AT_EACH, Math.ceil(size / PLACES));
    for (let at = 0; at < size; at += step) hash.update(buffer.subarray(0, readSync(handle, buffer, 0, AT_EACH, at)));
  } finally {
    closeSync(handle);
  }
}
