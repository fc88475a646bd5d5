/** Writes a tiny encoder as ONNX, byte by byte: the rows of a table, looked up by token id. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "lamp", "zebra", "tower", "##s", "query", "passage", ":"] as const;
export const DIMENSIONS = 4;

/** The row of a token, different for each. */
export function row(id: number): number[] {
  return Array.from({ length: DIMENSIONS }, (_, i) => Math.sin(1 + id * DIMENSIONS + i));
}

export interface TinyModel {
  readonly inputs?: readonly string[];
  /** Rows of the table; as many as words when absent. */
  readonly rows?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly words?: readonly string[];
}

/** A folder with the three files of an ONNX encoder. */
export function writeTinyModel(
  folder: string,
  { inputs = ["input_ids", "attention_mask"], rows = WORDS.length, settings, words = WORDS }: TinyModel = {},
): string {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "model.onnx"), model(inputs, rows));
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer(words)));
  writeFileSync(join(folder, "embedder.json"), JSON.stringify({ dimensions: DIMENSIONS, pooling: "mean", maxTokens: 16, ...settings }));
  return folder;
}

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(value >>> 7)]);
const number = (field: number, value: number) => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, value: Iterable<number>) => {
  const all = [...value];
  return [...varint((field << 3) | 2), ...varint(all.length), ...all];
};
const text = (field: number, value: string) => bytes(field, Buffer.from(value));

const [FLOAT, INT64] = [1, 7];

/** A ValueInfoProto: a tensor of `type` with dimensions of the given names or lengths. */
function value(name: string, type: number, dims: readonly (string | number)[]): number[] {
  const shape = dims.flatMap((dim) => bytes(1, typeof dim === "string" ? text(2, dim) : number(1, dim)));
  return [...text(1, name), ...bytes(2, bytes(1, [...number(1, type), ...bytes(2, shape)]))];
}

function model(inputs: readonly string[], rows: number): Buffer {
  const floats = Float32Array.from(Array.from({ length: rows }, (_, id) => row(id)).flat());
  const table = [
    ...number(1, rows),
    ...number(1, DIMENSIONS),
    ...number(2, FLOAT),
    ...text(8, "table"),
    ...bytes(9, new Uint8Array(floats.buffer)),
  ];
  const gather = [...text(1, "table"), ...text(1, inputs[0] as string), ...text(2, "last_hidden_state"), ...text(4, "Gather")];
  const graph = [
    ...bytes(1, gather),
    ...text(2, "tiny"),
    ...bytes(5, table),
    ...inputs.flatMap((name) => bytes(11, value(name, INT64, ["texts", "tokens"]))),
    ...bytes(12, value("last_hidden_state", FLOAT, ["texts", "tokens", DIMENSIONS])),
  ];
  return Buffer.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
}

function tokenizer(words: readonly string[]): object {
  const special = (content: string) => ({
    id: words.indexOf(content),
    content,
    special: true,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
  });
  const around = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  return {
    version: "1.0",
    added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(special),
    normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, strip_accents: null, lowercase: true },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single: [around("[CLS]"), { Sequence: { id: "A", type_id: 0 } }, around("[SEP]")],
      pair: [],
      special_tokens: Object.fromEntries(["[CLS]", "[SEP]"].map((id) => [id, { id, ids: [words.indexOf(id)], tokens: [id] }])),
    },
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: "[UNK]",
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words.map((word, id) => [word, id])),
    },
  };
}
