/** How much of the material a model is shown, where its context does not hold all of it. */

/** What can be cut, in characters. */
export interface Sizes {
  /** Earlier exchanges of the conversation, the oldest first. */
  readonly history: readonly number[];
  /** Passages, the best first, each as the sizes of its sentences. */
  readonly passages: readonly (readonly number[])[];
}

/** What is kept: the last exchanges, the first passages, and of the last of these the first sentences. */
export interface Kept {
  readonly history: number;
  readonly passages: number;
  /** Sentences of the last passage that is kept; of those before it, all. */
  readonly sentences: number;
}

/**
 * Cuts until what is left has at most `room` characters: first the oldest exchanges of the conversation, then the
 * passages that were ranked lowest, then the tail of the one passage that is left. Its first sentence always stays.
 */
export function fitInto(room: number, { history, passages }: Sizes): Kept {
  const sizes = passages.map(sum);
  let left = sum(history) + sum(sizes) - room;
  let cutHistory = 0;
  for (; left > 0 && cutHistory < history.length; cutHistory++) left -= history[cutHistory] ?? 0;
  let kept = passages.length;
  for (; left > 0 && kept > 1; kept--) left -= sizes[kept - 1] ?? 0;
  const last = passages[kept - 1] ?? [];
  let sentences = last.length;
  for (; left > 0 && sentences > 1; sentences--) left -= last[sentences - 1] ?? 0;
  return { history: history.length - cutHistory, passages: kept, sentences };
}

/** Characters of a token at least, where nobody counts: English has four and more, other languages and tokens fewer. */
const CHARACTERS_A_TOKEN = 3;

/** Characters that so many tokens hold, judged by a sample that was counted, or carefully where none was. */
export function charactersIn(tokens: number, sample?: { readonly characters: number; readonly tokens: number }): number {
  const rate = sample && sample.tokens > 0 ? sample.characters / sample.tokens : CHARACTERS_A_TOKEN;
  return Math.max(0, Math.floor(tokens * rate));
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
