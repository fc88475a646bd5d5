/** All anchors in one table, compared with a text that is one byte a character; see `Pattern.anchor` for how they are written. */

export interface Anchor {
  readonly text: string;
  readonly ignoreCase: boolean;
  /** Whether it has to stand at the start of a word, when it begins with a letter or digit. */
  readonly atWord: boolean;
}

const WILD = 256;
const [DIGIT, CAPITAL, HEX, ALPHANUMERIC] = [WILD, WILD + 1, WILD + 2, WILD + 3];
const LOWER = Uint8Array.from({ length: 256 }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));

// What a character is to the start of a word: a capital after a small letter starts one as well.
const SMALL = 1;
const LARGE = 2;
const NUMBER = 3;
const JOINED = Uint8Array.from({ length: 256 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/\p{Ll}/u.test(char)) return SMALL;
  return /\p{Lu}/u.test(char) ? LARGE : /[0-9]/.test(char) ? NUMBER : 0;
});

export class AnchorTable {
  readonly #codes: Uint16Array;
  readonly #starts: Uint32Array;
  readonly #ignoreCase: Uint8Array;
  readonly #inWord: Uint8Array;

  constructor(anchors: readonly Anchor[]) {
    const codes = anchors.map(codesOf);
    this.#codes = Uint16Array.from(codes.flat());
    this.#starts = new Uint32Array(anchors.length + 1);
    for (const [i, { length }] of codes.entries()) this.#starts[i + 1] = (this.#starts[i] as number) + length;
    this.#ignoreCase = Uint8Array.from(anchors, ({ ignoreCase }) => (ignoreCase ? 1 : 0));
    this.#inWord = Uint8Array.from(anchors, ({ text, atWord }) => (atWord && /^[\p{L}\p{N}#^%&]/u.test(text) ? 1 : 0));
  }

  /** Whether anchor `number` must stand at the start of a word. */
  inWord(number: number): boolean {
    return this.#inWord[number] === 1;
  }

  /** Whether a character may stand in place `i` of anchor `number`, or behind it. */
  takes(number: number, i: number, byte: number): boolean {
    const at = (this.#starts[number] as number) + i;
    return at >= (this.#starts[number + 1] as number) || this.#same(at, byte, this.#ignoreCase[number] as number);
  }

  /** Whether anchor `number` stands at `at`. */
  standsAt(number: number, bytes: Uint8Array, at: number): boolean {
    const end = this.#starts[number + 1] as number;
    const ignoreCase = this.#ignoreCase[number] as number;
    for (let j = this.#starts[number] as number, i = at; j < end; j++, i++)
      if (!this.#same(j, bytes[i] as number, ignoreCase)) return false;
    return this.#inWord[number] === 0 || beginsWord(bytes[at - 1] as number, bytes[at] as number);
  }

  #same(place: number, byte: number, ignoreCase: number): boolean {
    const wanted = this.#codes[place] as number;
    if (wanted < WILD) return wanted === (ignoreCase === 1 ? (LOWER[byte] as number) : byte);
    return isWild(wanted, byte);
  }
}

/** Whether a word, or a part of an identifier, begins with the character `first` after the character `before`. */
export function beginsWord(before: number, first: number): boolean {
  const joined = JOINED[before] as number;
  return joined === 0 || (joined === SMALL && JOINED[first] === LARGE);
}

function codesOf({ text, ignoreCase }: Anchor): number[] {
  return Array.from(ignoreCase ? text.toLowerCase() : text, (char) => {
    const wild = "#^%&".indexOf(char);
    return wild < 0 ? char.charCodeAt(0) : WILD + wild;
  });
}

function isWild(wanted: number, byte: number): boolean {
  const kind = byte < 128 ? JOINED[byte] : 0;
  if (wanted === DIGIT) return kind === NUMBER;
  if (wanted === CAPITAL) return kind === LARGE;
  if (wanted === HEX) return kind === NUMBER || ((byte | 32) >= 97 && (byte | 32) <= 102);
  return wanted === ALPHANUMERIC && kind !== 0;
}
