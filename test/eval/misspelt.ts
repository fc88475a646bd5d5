/**
 * Questions with one word spoilt, as people type them: the rarest of a question's content words that the documents have,
 * of five letters or more, so that most depends on it. What comes out is a word that they do not have.
 */
import { STOP_WORDS, termOf, words } from "../../pipeline/text/terms.ts";
import { seeded } from "../bench/redaction-corpus.ts";

const SEED = 61;
const SHORTEST = 5;
const TRIES = 50;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/** How a word is spoilt: letters left out, put in, changed, or swapped with the next; or the word written as two. */
const KINDS = {
  "one letter wrong": (word: string, random: () => number) => withSlip(word, random),
  "two letters wrong": (word: string, random: () => number) => withSlip(withSlip(word, random), random),
  "written as two": (word: string, random: () => number) => {
    const at = 3 + below(Math.max(1, word.length - 5), random);
    return `${word.slice(0, at)} ${word.slice(at)}`;
  },
};

export type Spoiling = keyof typeof KINDS;
export const SPOILINGS = Object.keys(KINDS) as Spoiling[];

/**
 * Spoils a word of each question. The same questions and documents give the same always; undefined for a question that
 * has no word to spoil.
 */
export function misspelt(questions: readonly string[], documents: readonly string[], kind: Spoiling): (string | undefined)[] {
  const random = seeded(SEED);
  const counts = new Map<string, number>();
  for (const text of documents) for (const { term } of words(text)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const isKnown = (text: string) => words(text).every(({ term }) => counts.has(term));
  return questions.map((question) => {
    const rarest = words(question)
      .filter(
        ({ surface, term }) =>
          /^[a-z]+$/i.test(surface) && surface.length >= SHORTEST && !STOP_WORDS.has(surface.toLowerCase()) && counts.has(term),
      )
      .sort((a, b) => (counts.get(a.term) as number) - (counts.get(b.term) as number))[0];
    if (!rarest) return undefined;
    for (let tries = 0; tries < TRIES; tries++) {
      const spoilt = KINDS[kind](rarest.surface, random);
      if (!isKnown(spoilt) && termOf(spoilt) !== rarest.term) return question.slice(0, rarest.start) + spoilt + question.slice(rarest.end);
    }
    return undefined;
  });
}

function withSlip(word: string, random: () => number): string {
  const at = below(word.length, random);
  const [before, letter = "", after] = [word.slice(0, at), word[at], word.slice(at + 1)];
  const other = ALPHABET[below(ALPHABET.length, random)] as string;
  const slips = [
    before + after,
    before + other + letter + after,
    before + other + after,
    before + after.slice(0, 1) + letter + after.slice(1),
  ];
  return slips[below(slips.length, random)] as string;
}

function below(n: number, random: () => number): number {
  return Math.floor(random() * n);
}
