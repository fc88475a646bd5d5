/** Runs an ONNX encoder; lives in a thread. */
import type { InferenceSession, Tensor } from "onnxruntime-node";
import type { StopFlag } from "../../../pipeline/stop-flag.ts";
import type { OnnxModel } from "./folder.ts";
import { pool } from "./pooling.ts";
import { Tokens } from "./tokens.ts";

/** Texts in one run of the model: more at once take more memory, and longer until a stop is noticed. */
const BATCH = 16;

/** What is wrong with a model, in words that can follow its name; `runtime` when the library itself is missing. */
export class EncoderFault extends Error {
  override readonly name = "EncoderFault";
  readonly isRuntime: boolean;

  constructor(message: string, cause: unknown, isRuntime = false) {
    super(message, { cause });
    this.isRuntime = isRuntime;
  }
}

type Runtime = typeof import("onnxruntime-node");

export class Encoder {
  readonly #runtime: Runtime;
  readonly #session: InferenceSession;
  readonly #tokens: Tokens;
  readonly #model: OnnxModel;

  private constructor(runtime: Runtime, session: InferenceSession, tokens: Tokens, model: OnnxModel) {
    this.#runtime = runtime;
    this.#session = session;
    this.#tokens = tokens;
    this.#model = model;
  }

  /** @throws EncoderFault */
  static async open(model: OnnxModel): Promise<Encoder> {
    const tokens = attempt(() => new Tokens(model.tokenizer), "tokenizer.json is broken, or of a kind that is not supported");
    const runtime = await import("onnxruntime-node").catch((cause: unknown) => {
      throw new EncoderFault("it cannot be loaded", cause, true);
    });
    const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 4 } as const;
    const session = await runtime.InferenceSession.create(model.file, options).catch((cause: unknown) => {
      throw new EncoderFault("model.onnx is broken, or uses what this version of the library does not know", cause);
    });
    const unknown = session.inputNames.filter((name) => !INPUTS.has(name));
    if (unknown.length > 0 || !session.inputNames.includes("input_ids"))
      throw new EncoderFault(`model.onnx takes the inputs ${session.inputNames.join(", ")}, not those of a text encoder`, undefined);
    return new Encoder(runtime, session, tokens, model);
  }

  /** One vector of unit length a text. @throws EncoderFault; Error "stopped" when the flag is raised. */
  async encode(texts: readonly string[], stop: StopFlag): Promise<Float32Array[]> {
    const vectors: Float32Array[] = [];
    for (let from = 0; from < texts.length; from += BATCH) {
      stop.throwIfStopped();
      vectors.push(...(await this.#run(texts.slice(from, from + BATCH))));
    }
    return vectors;
  }

  async #run(texts: readonly string[]): Promise<Float32Array[]> {
    const { maxTokens, pooling, dimensions } = this.#model;
    const rows = texts.map((text) => attempt(() => this.#tokens.encode(text, maxTokens), "tokenizer.json does not suit every text"));
    const width = Math.max(1, ...rows.map((row) => row.length));
    const outputs = await this.#session.run(this.#feeds(rows, width)).catch((cause: unknown) => {
      throw new EncoderFault("the model refuses what its tokenizer makes: they may not belong together, or maxTokens is too large", cause);
    });
    const output = outputs["last_hidden_state"] ?? outputs[this.#session.outputNames[0] as string];
    if (output?.type !== "float32") throw new EncoderFault("the model gives no 32-bit numbers", undefined);
    const found = output.dims.at(-1);
    if (found !== dimensions) throw new EncoderFault(`embedder.json: dimensions is ${dimensions}, and the model gives ${found}`, undefined);
    const lengths = rows.map((row) => row.length);
    return pool(output.data as Float32Array, output.dims, lengths, pooling);
  }

  /** What every input of the model is given: ids, which of them are text, and to which part of a pair they belong. */
  #feeds(rows: readonly (readonly number[])[], width: number): Record<string, Tensor> {
    const dims = [rows.length, width];
    const filled = (valueAt: (row: readonly number[], i: number) => number) =>
      rows.flatMap((row) => Array.from({ length: width }, (_, i) => (i < row.length ? valueAt(row, i) : 0)));
    const values: Record<string, () => number[]> = {
      input_ids: () => filled((row, i) => row[i] as number),
      attention_mask: () => filled(() => 1),
      token_type_ids: () => filled(() => 0),
    };
    return Object.fromEntries(
      this.#session.inputMetadata.map((input) => [input.name, this.#tensor(input, values[input.name]?.() ?? [], dims)]),
    );
  }

  #tensor(input: InferenceSession.ValueMetadata, values: readonly number[], dims: number[]): Tensor {
    const { Tensor } = this.#runtime;
    return input.isTensor && input.type === "int32"
      ? new Tensor("int32", Int32Array.from(values), dims)
      : new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
  }
}

const INPUTS = new Set(["input_ids", "attention_mask", "token_type_ids"]);

function attempt<T>(work: () => T, fault: string): T {
  try {
    return work();
  } catch (cause) {
    throw new EncoderFault(fault, cause);
  }
}
