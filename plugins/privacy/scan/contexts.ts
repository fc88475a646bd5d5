/** The words that have to stand before a value: where none was seen a short while ago, the value is passed over at once. */
import type { Anchor } from "./anchors.ts";

/** Characters before an anchor that may belong to the match, and in which a context word is looked for. */
export const MAX_BACK = 64;

interface WithContext {
  readonly contextWords: readonly string[];
  context: number;
}

export class Contexts {
  readonly anchors: readonly Anchor[];
  readonly #ofWord: readonly (readonly number[])[];

  /** Numbers the contexts of the detectors; those that ask for the same words share one. */
  constructor(detectors: readonly WithContext[]) {
    const lists = new Map<string, number>();
    const ofWord = new Map<string, Set<number>>();
    for (const detector of detectors) {
      if (detector.contextWords.length === 0) continue;
      const key = detector.contextWords.join("\n");
      if (!lists.has(key)) lists.set(key, lists.size);
      detector.context = lists.get(key) as number;
      for (const word of detector.contextWords) ofWord.set(word, (ofWord.get(word) ?? new Set()).add(detector.context));
    }
    this.anchors = [...ofWord.keys()].map((text) => ({ text, ignoreCase: true, atWord: true, literal: true }));
    this.#ofWord = Array.from(ofWord.values(), (numbers) => [...numbers]);
  }

  /** The numbers of the contexts to which the word belongs that has this number among the anchors. */
  of(word: number): readonly number[] {
    return this.#ofWord[word] ?? [];
  }
}
