/**
 * A memory of words by their letters' codes, so that a text can be read without making a string of every word: most words
 * of a text have been met before, and looking one up costs a tenth of cutting it out.
 *
 * Words are told apart by 64 bits of hash. Of a million words two have the same about once in thirty million times.
 */
export class KnownWords<T> {
  readonly #read: (word: string) => T;
  /** Places of two numbers, which come from memory together: the second hash, and the number of the value plus one. */
  readonly #places = new Int32Array(4 * CAPACITY);
  #values: T[] = [];

  /** @param read what is to be remembered of a word. */
  constructor(read: (word: string) => T) {
    this.#read = read;
  }

  /** What is known of the word of `text` from `start` to `end`, whose hashes these are. */
  at(text: string, start: number, end: number, hash: number, check: number): T {
    const places = this.#places;
    let place = (2 * hash) & MASK;
    for (let value = places[place + 1] as number; value !== 0; value = places[place + 1] as number) {
      if (places[place] === check) return this.#values[value - 1] as T;
      place = (place + 2) & MASK;
    }
    if (this.#values.length >= CAPACITY) {
      places.fill(0);
      this.#values = [];
      place = (2 * hash) & MASK;
    }
    const value = this.#read(text.slice(start, end));
    places[place] = check;
    places[place + 1] = this.#values.push(value);
    return value;
  }
}

/** Words remembered at most; the table has twice as many places. */
const CAPACITY = 1 << 15;
const MASK = 4 * CAPACITY - 2;

const [GAP, LETTER, APOSTROPHE] = [0, 1, 2];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  return /[a-z]/i.test(character) ? LETTER : /\d/.test(character) ? LETTER : character === "'" ? APOSTROPHE : GAP;
});
const isDigit = (code: number) => code >= 48 && code <= 57;

/**
 * Calls `found` with what is known of each word of `text`, in order, and where it begins. `pattern` says what a word is where other letters
 * than ASCII's are concerned; for these it must say the same as is done here: letters and digits, and once an apostrophe
 * with letters behind it. It must be sticky.
 */
export function eachWord<T>(
  text: string,
  pattern: RegExp,
  known: KnownWords<T>,
  foreign: (word: string) => T,
  found: (value: T, start: number) => void,
): void {
  for (let i = 0; i < text.length; ) {
    const start = i;
    let hash = 0x811c9dc5 | 0;
    let check = 5381;
    let isForeign = false;
    let apostrophe = -1;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 128) {
        isForeign = true;
        break;
      }
      const kind = KINDS[code];
      if (kind === GAP) break;
      if (kind === APOSTROPHE) {
        if (apostrophe !== -1 || i === start) break;
        const next = text.charCodeAt(i + 1);
        if (next >= 128) {
          isForeign = true;
          break;
        }
        if (KINDS[next] !== LETTER || isDigit(next)) break;
        apostrophe = i;
      } else if (apostrophe !== -1 && isDigit(code)) break;
      hash = Math.imul(hash ^ code, 0x01000193);
      check = (Math.imul(check, 33) + code) | 0;
    }
    if (isForeign) {
      pattern.lastIndex = start;
      const word = pattern.exec(text)?.[0];
      if (word === undefined) i++;
      else {
        i = start + word.length;
        found(foreign(word), start);
      }
    } else if (i > start) found(known.at(text, start, i, hash, check), start);
    else i++;
  }
}
