/** How anchors are written and compared with a text that is one byte a character; see `Pattern.anchor`. */

export interface Anchor {
  readonly text: string;
  readonly ignoreCase: boolean;
  /** Whether it has to stand at the start of a word, when it begins with a letter or digit. */
  readonly atWord: boolean;
  /** Whether no character of it stands for others. */
  readonly literal?: boolean;
}

const LATIN1 = Array.from({ length: 256 }, (_, code) => code);
const matching = (sort: RegExp) => LATIN1.filter((code) => sort.test(String.fromCharCode(code)));
const CLASSES: Readonly<Record<string, string>> = { "#": "[0-9]", "^": "[A-Z]", "%": "[0-9A-Fa-f]", "&": "[0-9A-Za-z]" };
const WILDS: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  Object.entries(CLASSES).map(([sign, sort]) => [sign, matching(new RegExp(sort))]),
);

/** The anchor as the source of a regular expression. */
export function anchorSource(text: string): string {
  const places = text.match(/\\[#^%&]|./gsu) ?? [];
  return places.map((place) => CLASSES[place] ?? place.slice(-1).replace(/[^\w\s]/, "\\$&")).join("");
}

/** For each character of the anchor the bytes that may stand there. */
export function bytesOf({ text, ignoreCase, literal = false }: Anchor): (readonly number[])[] {
  const places = literal ? Array.from(text) : (text.match(/\\[#^%&]|./gsu) ?? []);
  return places.map((place) => {
    const wild = literal ? undefined : WILDS[place];
    const char = place.slice(-1);
    if (wild) return wild;
    const cases = ignoreCase ? [char.toLowerCase(), char.toUpperCase()] : [char];
    return [...new Set(cases.map((same) => same.charCodeAt(0)).filter((code) => code < 256))];
  });
}

/** Whether the anchor may stand at starts of words only. */
export function needsWord({ text, atWord, literal = false }: Anchor): boolean {
  return atWord && (/^[\p{L}\p{N}]/u.test(text) || (!literal && Object.hasOwn(WILDS, text.charAt(0))));
}

export const SMALL = 1;
export const LARGE = 2;
const NUMBER = 3;
/** What a byte is to the start of a word, 0 for nothing: a capital after a small letter starts one as well. */
export const JOINED = Uint8Array.from(LATIN1, (code) => {
  const char = String.fromCharCode(code);
  if (/\p{Ll}/u.test(char)) return SMALL;
  return /\p{Lu}/u.test(char) ? LARGE : /[0-9]/.test(char) ? NUMBER : 0;
});
