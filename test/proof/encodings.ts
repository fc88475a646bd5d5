/** Ways in which a value could stand in what was sent without looking like itself. */

/** Values shorter than this stand in ordinary text by chance; only whole words count as theirs. */
const SHORT = 6;
/** Shorter values read backwards, or with spaces taken out, are found by chance as well. */
const LONG = 10;

/** Whether a value is too short for that. */
export const isShort = (value: string) => value.length < SHORT;

type Needle = (haystack: Haystack) => boolean;

/** What was sent, in the forms in which it is searched. */
export class Haystack {
  readonly plain: string;
  readonly words: string;
  readonly lower: string;
  readonly dense: string;

  /** @param words the same without bytes that are no text: in what stands between words, a short value is found by chance */
  constructor(text: string, words = text) {
    this.words = words;
    this.plain = text;
    this.lower = text.toLowerCase();
    this.dense = this.lower.replace(/(?:\\[nrt]|\s)+/g, "");
  }
}

/** The name of the first encoding in which `value` stands in what was sent; undefined when it does not. */
export function encodingFound(value: string, haystack: Haystack): string | undefined {
  return Object.entries(needlesOf(value)).find(([, stands]) => stands(haystack))?.[0];
}

function needlesOf(value: string): Record<string, Needle> {
  if (isShort(value)) return { "plain, as a word": ({ words }) => standsAsWord(value, words) };
  const bytes = Buffer.from(value);
  const within =
    (needle: string): Needle =>
    ({ plain }) =>
      plain.includes(needle);
  const withinLower =
    (needle: string): Needle =>
    ({ lower }) =>
      lower.includes(needle.toLowerCase());
  const escaped = JSON.stringify(value).slice(1, -1);
  const percent = encodeURIComponent(value.toWellFormed());
  const always = {
    plain: withinLower(value),
    "JSON-escaped": withinLower(escaped),
    "JSON-escaped twice": withinLower(JSON.stringify(escaped).slice(1, -1)),
    "URL-encoded": withinLower(percent),
    "URL-encoded as a form": withinLower(percent.replaceAll("%20", "+")),
    hexadecimal: withinLower(bytes.toString("hex")),
    base64: ({ plain }: Haystack) => base64Of(bytes).some((text) => plain.includes(text)),
  };
  if (value.length < LONG) return always;
  const dense = value.toLowerCase().replace(/\s+/g, "");
  const reversed = [...value].reverse().join("");
  return { ...always, reversed: within(reversed), "split by white space": ({ dense: all }) => all.includes(dense) };
}

/** Base64 of the bytes wherever they begin in a longer text, without what depends on their neighbours. */
function base64Of(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const inner = text.slice(shift === 0 ? 0 : shift + 1, (bytes.length + shift) % 3 === 0 ? undefined : -1);
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function standsAsWord(value: string, text: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const around = [text[at - 1] ?? " ", text[at + value.length] ?? " "];
    if (around.every((character) => !/[\p{L}\p{N}_.,:/-]/u.test(character))) return true;
  }
  return false;
}
