import { serve } from "../../../pipeline/serve.ts";
import { Encoder, EncoderFault } from "./encoder.ts";
import type { OnnxModel } from "./folder.ts";

/** Vectors, or what is wrong: an error loses what it is on its way between threads. */
export type Encoded = { readonly vectors: Float32Array[] } | { readonly fault: string; readonly isRuntime: boolean };

/** What crosses to an encoding thread. */
export interface EncodeApi extends Record<string, (...args: never[]) => unknown> {
  encode(model: OnnxModel, texts: readonly string[]): Promise<Encoded>;
}

/** The model stays the same for as long as the thread lives. */
let opened: Promise<Encoder> | undefined;

export default serve<EncodeApi>((stop) => ({
  async encode(model, texts) {
    try {
      opened ??= Encoder.open(model);
      return { vectors: await (await opened).encode(texts, stop) };
    } catch (error) {
      if (!(error instanceof EncoderFault)) throw error;
      return { fault: error.message, isRuntime: error.isRuntime };
    }
  },
}));
