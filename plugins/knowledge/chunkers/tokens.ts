import type { Range } from "../../../pipeline/text/sentences.ts";
import type { WordPiece } from "../../../pipeline/text/wordpiece.ts";
import type { Cutter } from "../chunk.ts";

export interface TokenCount {
  /** Tokens of a chunk at most. */
  readonly tokens: number;
  /** Tokens at the end of a chunk that the next one of the section begins with, about. */
  readonly overlap: number;
}

/** What the tokenizer takes as one unknown token from here on; longer runs are cut, so that a chunk stays bounded. */
const LONG = 100;
/** Letters that count as a token within such a run. */
const LETTERS_A_TOKEN = 4;
/** Words whose tokens are remembered. */
const MAX_KNOWN = 50_000;
const WORD = new RegExp(`[\\p{L}\\p{N}\\p{M}]{1,${LONG}}|\\S`, "gu");

/** A fixed number of tokens, cut between words, with some tokens in common with the chunk before. */
export function tokenCutter(tokenizer: WordPiece, { tokens, overlap }: TokenCount): Cutter {
  const known = new Map<string, number>();
  const cost = (word: string) => {
    if (word.length >= LONG) return Math.ceil(word.length / LETTERS_A_TOKEN);
    const tokens = known.get(word) ?? tokenizer.encode(word, LONG).length;
    if (known.size < MAX_KNOWN) known.set(word, tokens);
    return tokens;
  };
  return (text, { start, end }) => {
    const words = Array.from(text.slice(start, end).matchAll(WORD), ({ 0: word, index }) => ({
      start: start + index,
      end: start + index + word.length,
      cost: cost(word),
    }));
    return windows(words, tokens, overlap);
  };
}

function windows(words: readonly (Range & { readonly cost: number })[], tokens: number, overlap: number): Range[] {
  const chunks: Range[] = [];
  for (let from = 0; from < words.length; ) {
    const to = take(words, from, 1, tokens);
    chunks.push({ start: (words[from] as Range).start, end: (words[to - 1] as Range).end });
    if (to === words.length) break;
    const next = take(words, to - 1, -1, overlap) + 1;
    from = Math.max(next, from + Math.ceil((to - from) / 2)); // where words cost much, it still goes on
  }
  return chunks;
}

/** The place behind the last word that fits, from `from` in the direction of `step`; forwards, one word always does. */
function take(words: readonly { readonly cost: number }[], from: number, step: 1 | -1, tokens: number): number {
  let at = from;
  for (let left = tokens; at >= 0 && at < words.length; at += step) {
    left -= (words[at] as { cost: number }).cost;
    if (left < 0) return step === 1 ? Math.max(at, from + 1) : at;
  }
  return at;
}
