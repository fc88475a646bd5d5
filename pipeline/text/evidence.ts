/** Passages cut into sentences and read word by word: what agents compare a question with. */
import type { Passage } from "../../kernel/index.ts";
import { splitSentences } from "./sentences.ts";
import { STOP_WORDS, type Word, words } from "./terms.ts";

/** One sentence of a passage. */
export interface Sentence {
  /** Index of its passage. */
  readonly passage: number;
  /** Place among the passage's sentences, from 0. */
  readonly index: number;
  /** Range in the passage's redacted text. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly words: readonly Word[];
  readonly terms: ReadonlySet<string>;
}

export interface Evidence {
  readonly passages: readonly {
    readonly sentences: readonly Sentence[];
    readonly terms: ReadonlySet<string>;
    readonly above: ReadonlySet<string>;
  }[];
  readonly sentences: readonly Sentence[];
  /** How telling a term is among these sentences: 1 for one that stands in none, near 0 for one in all. */
  rarity(term: string): number;
}

export function readEvidence(passages: readonly Passage[]): Evidence {
  const read = passages.map((passage, at) => {
    const sentences = sentencesOf(passage.text, at);
    const above = new Set(words(`${passage.title}\n${passage.heading}`).map(({ term }) => term));
    return { sentences, terms: new Set(sentences.flatMap(({ terms }) => [...terms])), above };
  });
  const sentences = read.flatMap((passage) => passage.sentences);
  const counts = new Map<string, number>();
  for (const { terms } of sentences) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  const most = Math.log(1 + sentences.length);
  return {
    passages: read,
    sentences,
    rarity: (term) => (most === 0 ? 1 : Math.log((1 + sentences.length) / (counts.get(term) ?? 0.5)) / (most + Math.LN2)),
  };
}

/** The sentences of one text, read. */
export function sentencesOf(text: string, passage: number): Sentence[] {
  return splitSentences(text).map(({ start, end }, index) => {
    const read = words(text.slice(start, end));
    const terms = new Set(read.filter(({ surface }) => !STOP_WORDS.has(surface.toLowerCase())).map(({ term }) => term));
    return { passage, index, start, end, text: text.slice(start, end), words: read, terms };
  });
}

/**
 * How much each passage speaks of these words, as a share of the passage that does most: by rarity, a repeated word
 * counting less each time. Retrieval scores are not used: they differ from one kind of search to another.
 */
export function relevance({ passages, rarity }: Evidence, content: readonly Word[]): number[] {
  const sums = passages.map(({ sentences, above }) =>
    content.reduce((sum, { term }) => {
      const times = sentences.filter(({ terms }) => terms.has(term)).length + (above.has(term) ? 1 : 0);
      return sum + (rarity(term) * times) / (times + 0.8);
    }, 0),
  );
  const most = Math.max(...sums, Number.MIN_VALUE);
  return sums.map((sum) => sum / most);
}
