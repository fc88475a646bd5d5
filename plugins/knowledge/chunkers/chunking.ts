import { readFileSync } from "node:fs";
import { type TokenizerFile, WordPiece } from "../../../pipeline/text/wordpiece.ts";
import type { Cutter } from "../chunk.ts";
import { paragraphCutter } from "./paragraph.ts";
import { sentenceCutter } from "./sentence.ts";
import { type TokenCount, tokenCutter } from "./tokens.ts";

/** How documents are cut, as it crosses to the reading threads. No chunk crosses a heading in any of them. */
export type Chunking =
  | { readonly kind: "sentence" }
  | { readonly kind: "paragraph" }
  /** `tokenizer` is the path of a `tokenizer.json`. */
  | ({ readonly kind: "tokens"; readonly tokenizer: string } & TokenCount);

/** Names a way of cutting, so that it can be seen when another one is chosen. */
export function chunkingName(chunking: Chunking): string {
  return chunking.kind === "tokens" ? `tokens ${chunking.tokens}/${chunking.overlap}` : chunking.kind;
}

export function cutterOf(chunking: Chunking): Cutter {
  if (chunking.kind === "paragraph") return paragraphCutter();
  if (chunking.kind === "sentence") return sentenceCutter();
  const file = JSON.parse(readFileSync(chunking.tokenizer, "utf8")) as TokenizerFile;
  return tokenCutter(new WordPiece(file), chunking);
}
