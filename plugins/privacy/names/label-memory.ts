/** Labels of words between the same words, so that what repeats itself in a text is scored once. */
import type { Word } from "./words.ts";

/** Places: a power of two. A newer entry takes the place of an older. */
const PLACES = 1 << 13;
/** Numbers of an entry: five words, all else that matters, the label. */
const WIDTH = 8;

export class LabelMemory {
  readonly #entries = new Int32Array(PLACES * WIDTH);

  /** @param state what the label depends on besides the word, whether it stands first, and two words on either side. */
  label(words: readonly Word[], i: number, state: number, score: () => number): number {
    const word = words[i] as Word;
    const a = idAt(words, i - 2);
    const b = idAt(words, i - 1);
    const c = word.id;
    const d = idAt(words, i + 1);
    const e = idAt(words, i + 2);
    if (a === 0 || b === 0 || c === 0 || d === 0 || e === 0) return score();
    const rest = state * 2 + (word.first ? 1 : 0);
    let mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
    mixed ^= Math.imul(d, 0x27d4eb2f) ^ Math.imul(e, 0x165667b1) ^ Math.imul(rest, 0x2c1b3c6d);
    const at = ((mixed ^ (mixed >>> 15)) & (PLACES - 1)) * WIDTH;
    const entries = this.#entries;
    const same = entries[at + 2] === c && entries[at + 1] === b && entries[at + 3] === d && entries[at] === a && entries[at + 4] === e;
    if (same && entries[at + 5] === rest) return entries[at + 6] as number;
    const label = score();
    entries.set([a, b, c, d, e, rest, label], at);
    return label;
  }
}

/** The number of a word; -1 beyond the text. */
function idAt(words: readonly Word[], i: number): number {
  return i >= 0 && i < words.length ? (words[i] as Word).id : -1;
}
