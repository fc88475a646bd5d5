/** Cuts a text into words, numbers, line breaks and single signs; white space is left out. */

const TOKEN = /\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*|\d+(?:[A-Za-z]\b)?|\n|[^\s]/gu;

const [SMALL, LARGE, DIGIT, JOINT, SPACE] = [1, 2, 3, 4, 5];
const SORTS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z]/.test(char)) return SMALL;
  if (/[A-Z]/.test(char)) return LARGE;
  if (/[0-9]/.test(char)) return DIGIT;
  if (/['-]/.test(char)) return JOINT;
  return char !== "\n" && /\s/.test(char) ? SPACE : 0;
});

/** Calls `take` for each token with its place. Where all is ASCII no expression is run, which takes several times as long. */
export function eachToken(text: string, take: (start: number, end: number) => void): void {
  for (let at = 0; at < text.length; ) {
    const sort = sortAt(text, at);
    if (sort === SPACE) {
      at++;
      continue;
    }
    const end = Number.isNaN(sort)
      ? -1
      : sort === SMALL || sort === LARGE
        ? wordEnd(text, at)
        : sort === DIGIT
          ? numberEnd(text, at)
          : at + 1;
    if (end > 0) {
      take(at, end);
      at = end;
      continue;
    }
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (match === null) return;
    at = TOKEN.lastIndex;
    take(match.index, at);
  }
}

/** The sort of a character; NaN for one beyond ASCII. */
function sortAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < 128 ? (SORTS[code] as number) : Number.NaN;
}

/** One behind the number at `at`; a single letter behind it belongs to it. */
function numberEnd(text: string, at: number): number {
  let i = at + 1;
  while (i < text.length && sortAt(text, i) === DIGIT) i++;
  const isLetter = (place: number) => place < text.length && (sortAt(text, place) === SMALL || sortAt(text, place) === LARGE);
  const goesOn = isLetter(i + 1) || (i + 1 < text.length && sortAt(text, i + 1) === DIGIT) || text[i + 1] === "_";
  return isLetter(i) && !goesOn ? i + 1 : i;
}

/** One behind the word of ASCII at `at`; -1 when a character beyond it may belong to the word. */
function wordEnd(text: string, at: number): number {
  for (let i = at + 1; ; i++) {
    const sort = i < text.length ? sortAt(text, i) : 0;
    if (sort === SMALL || sort === LARGE) continue;
    if (Number.isNaN(sort)) return -1;
    if (sort !== JOINT) return i;
    const next = i + 1 < text.length ? sortAt(text, i + 1) : 0;
    if (Number.isNaN(next)) return -1;
    if (next !== SMALL && next !== LARGE) return i;
  }
}
