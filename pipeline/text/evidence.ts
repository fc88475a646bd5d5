/** Passages cut into sentences and read word by word: what agents compare a question with. */
import type { Passage } from "../../kernel/index.ts";
import { splitSentences } from "./sentences.ts";
import { contentTerms, STOP_WORDS, type Word, words } from "./terms.ts";
import { nameIn } from "./thing.ts";

/** One sentence of a passage; a block of code and an item of a list count as sentences. */
export interface Sentence {
  readonly kind: "prose" | "item" | "code";
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
    /** The first sentence that has a term. */
    readonly firstWith: ReadonlyMap<string, number>;
    /** Words of its title and headings. */
    readonly above: ReadonlySet<string>;
    /** Where it begins in its document, UTF-16 code units. */
    readonly at: number;
    /** Words of the document's title, up to where it begins to explain: "ws: a WebSocket library" is ws. */
    readonly title: ReadonlySet<string>;
    /** Whether no heading but the title stands above it. */
    readonly underTitle: boolean;
    /** Words of the innermost heading: what every sentence below it speaks of without saying so. */
    readonly heading: ReadonlySet<string>;
  }[];
  readonly sentences: readonly Sentence[];
  /** How telling a term is among these sentences: 1 for one that stands in none, near 0 for one in all. */
  rarity(term: string): number;
}

export function readEvidence(passages: readonly Passage<string>[]): Evidence {
  const read = passages.map((passage, at) => {
    const sentences = sentencesOf(passage.text, at);
    const above = new Set(words(`${passage.title}\n${passage.heading}`).map(({ term }) => term));
    const heading = innermostHeading(passage);
    const title = nameIn(passage.title);
    const underTitle = passage.heading === "" || passage.heading === passage.title;
    const firstWith = new Map<string, number>();
    for (const { index, terms } of sentences) for (const term of terms) if (!firstWith.has(term)) firstWith.set(term, index);
    return {
      sentences,
      terms: new Set(firstWith.keys()),
      firstWith,
      above,
      heading,
      title,
      underTitle,
      at: passage.start,
    };
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

/** The words of the innermost heading above a passage. "Usage" announces how something is used. */
export function innermostHeading({ heading }: Pick<Passage<string>, "heading">): ReadonlySet<string> {
  return new Set(contentTerms(heading.split(" › ").at(-1) ?? "").map((term) => (term === "usag" ? "us" : term)));
}

/** The sentences of one text, read. */
function sentencesOf(text: string, passage: number): Sentence[] {
  return unitsOf(text).map(({ start, end, code }, index) => {
    const piece = text.slice(start, end);
    const read = words(piece);
    const terms = new Set(read.filter(({ surface }) => !STOP_WORDS.has(surface.toLowerCase())).map(({ term }) => term));
    const kind = code ? "code" : LIST_ITEM.test(piece) ? "item" : "prose";
    return { kind, passage, index, start, end, text: piece, words: read, terms };
  });
}

const LIST_ITEM = /^(?:[-*+•]|\d{1,3}[.)])\s/;

// A fenced block, from its opening line to its closing one or to the end.
const FENCED = /^[ \t]*(```|~~~)[^\n]*\n[\s\S]*?(?:^[ \t]*\1[ \t]*$|$(?![\s\S]))/gm;

/** Sentences, with each block of code whole. */
function unitsOf(text: string): { start: number; end: number; code: boolean }[] {
  const units: { start: number; end: number; code: boolean }[] = [];
  const addProse = (from: number, to: number) => {
    for (const { start, end } of splitSentences(text.slice(from, to))) units.push({ start: from + start, end: from + end, code: false });
  };
  let from = 0;
  for (const { index, 0: block } of text.matchAll(FENCED)) {
    addProse(from, index);
    units.push({ start: index, end: index + block.length, code: true });
    from = index + block.length;
  }
  addProse(from, text.length);
  return units;
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
