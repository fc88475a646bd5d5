/** What an adapter's file says of itself. */
export interface Adapter {
  readonly kind: "gguf" | "safetensors";
  /** The name that stands in the file; null when there is none. */
  readonly title: string | null;
  /** The model that it was made for, as the file (or adapter_config.json beside it) names it; null when neither does. */
  readonly baseModel: string | null;
  /** The kind of model, such as "llama"; null where only its tensors tell. */
  readonly architecture: string | null;
  /** The largest rank of its matrices. */
  readonly rank: number;
  readonly alpha: number | null;
  readonly sizeBytes: number;
  /** The tensors of the model that it changes, by their names, with the sizes it takes them to have. */
  readonly changes: ReadonlyMap<string, Change>;
  /** Of adapter_config.json, what a server needs; null where there is no such file. */
  readonly config: AdapterConfig | null;
}

/** A change of one tensor: a matrix from `inputs` to `outputs` numbers; null where the file does not say. */
export interface Change {
  readonly inputs: number | null;
  readonly outputs: number | null;
}

/** The parts of PEFT's adapter_config.json that say how the tensors are to be applied. */
export interface AdapterConfig {
  readonly r: number;
  readonly lora_alpha: number;
  readonly target_modules: readonly string[] | string;
  readonly use_rslora?: boolean;
  readonly use_dora?: boolean;
}

/** Larger files are no adapters that any server takes; bytes. */
export const MAX_ADAPTER_BYTES = 2 * 1024 ** 3;

/** Ranks beyond this are not in use anywhere. */
export const MAX_RANK = 4096;

/** What a file calls a model, without what is a path on somebody's machine; null when nothing is left. */
export function modelName(text: unknown): string | null {
  if (typeof text !== "string") return null;
  const isPath = /^(?:[./~\\]|[A-Za-z]:[\\/])/.test(text.trim());
  const name = isPath ? text.split(/[\\/]/).filter(Boolean).at(-1) : text.trim().replace(/^https?:\/\/[^/]+\//, "");
  return name && /^[\w.+:/ -]{1,200}$/.test(name) ? name : null;
}
