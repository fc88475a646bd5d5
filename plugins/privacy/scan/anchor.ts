/** Whether an anchor stands at a place; see `Pattern.anchor` for how it is written. */
export class AnchorMatcher {
  readonly #codes: Uint16Array;
  readonly #ignoreCase: boolean;
  /** Whether it has to stand at the start of a word. */
  readonly inWord: boolean;
  /** Whether a capital after a small letter starts one. */
  readonly #capital: boolean;

  constructor(text: string, ignoreCase: boolean, atWord: boolean) {
    this.#ignoreCase = ignoreCase;
    this.#codes = Uint16Array.from(ignoreCase ? text.toLowerCase() : text, (char) => char.charCodeAt(0));
    this.inWord = atWord && /^[\p{L}\p{N}#^%&]/u.test(text);
    this.#capital = ignoreCase || /^[A-Z^%&]/.test(text);
  }

  /** Whether a character may stand in place `i` of the anchor, or behind it. */
  takes(i: number, code: number): boolean {
    return i >= this.#codes.length || same(code, this.#codes[i] as number, this.#ignoreCase);
  }

  standsAt(text: string, at: number): boolean {
    const codes = this.#codes;
    if (at + codes.length > text.length) return false;
    for (let i = 0; i < codes.length; i++) if (!same(text.charCodeAt(at + i), codes[i] as number, this.#ignoreCase)) return false;
    return !this.inWord || at === 0 || this.#begins(text.charCodeAt(at - 1), text.charCodeAt(at));
  }

  #begins(before: number, first: number): boolean {
    if (!isLetterOrDigit(before)) return true;
    return this.#capital && first >= 65 && first <= 90 && (before >= 97 ? before <= 122 : false);
  }
}

const [DIGIT, CAPITAL, HEX, ALPHANUMERIC] = Array.from("#^%&", (char) => char.charCodeAt(0));

function same(code: number, wanted: number, ignoreCase: boolean): boolean {
  if (wanted === DIGIT) return code >= 48 && code <= 57;
  if (wanted === CAPITAL) return code >= 65 && code <= 90;
  if (wanted === HEX) return (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 102);
  if (wanted === ALPHANUMERIC) return code < 128 && isLetterOrDigit(code);
  return code === wanted || (ignoreCase && code >= 65 && code <= 90 && code + 32 === wanted);
}

/** Letters of alphabets; signs and scripts written without spaces do not count. */
function isLetterOrDigit(code: number): boolean {
  if (code < 128) return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57);
  return code >= 0xc0 && code < 0x590 && code !== 0xd7 && code !== 0xf7;
}
