/** Where words were last seen that have to stand before a value, so that most values are passed over at once. */
import type { Anchor } from "./anchors.ts";

/** Characters before an anchor that may belong to the match, and in which a context word is looked for. */
export const MAX_BACK = 64;

const NEVER = -1e9;

interface WithContext {
  readonly contextWords: readonly string[];
  context: number;
}

export class Contexts {
  readonly anchors: readonly Anchor[];
  readonly #groups: readonly Uint16Array[];
  readonly #seen: Int32Array;

  /** Numbers the contexts of the detectors; those that ask for the same words share one. */
  constructor(detectors: readonly WithContext[]) {
    const lists = new Map<string, number>();
    const groups = new Map<string, Set<number>>();
    for (const detector of detectors) {
      if (detector.contextWords.length === 0) continue;
      const key = detector.contextWords.join("\n");
      if (!lists.has(key)) lists.set(key, lists.size);
      detector.context = lists.get(key) as number;
      for (const word of detector.contextWords) groups.set(word, (groups.get(word) ?? new Set()).add(detector.context));
    }
    this.anchors = [...groups.keys()].map((text) => ({ text, ignoreCase: true, atWord: true, literal: true }));
    this.#groups = Array.from(groups.values(), (numbers) => Uint16Array.from(numbers));
    this.#seen = new Int32Array(lists.size);
  }

  forget(): void {
    this.#seen.fill(NEVER);
  }

  /** Word `number` stands at `at`. */
  saw(number: number, at: number): void {
    for (const group of this.#groups[number] as Uint16Array) this.#seen[group] = at;
  }

  /** Whether a word of the context may stand before a value that begins at an anchor at `at`, or soon behind it. */
  near(context: number, at: number): boolean {
    return at - (this.#seen[context] as number) <= 2 * MAX_BACK;
  }
}
