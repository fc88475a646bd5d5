/**
 * Plain readings of text that was disguised so that rules over words miss it: invisible characters, letters of other
 * alphabets, digits for letters, spaced-out letters, text backwards, ROT13, base64, hexadecimal, percent signs.
 */

/** Letters of other alphabets that look like Latin ones. */
const LOOK_ALIKES = new Map(
  Array.from(
    "аaеeоoрpсcхxуyіiјjѕsһhԁdԛqԝwкkмmтtвbнhАAВBЕEКKМMНHОOРPСCТTХXІIαaοoνvρpιiκkτtυuεeΑAΒBΕEΗHΙIΚKΜMΝNΟOΡPΤTΧX".matchAll(/(.)(.)/gu),
  ).map(([, from = "", to = ""]) => [from, to] as const),
);

const DIGIT_LETTERS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "@": "a",
  $: "s",
  "!": "i",
};

const INVISIBLE = /\p{Cf}|\p{Variation_Selector}|[\u115F\u1160\u17B4\u17B5]|\u034F/gu;

/** Text of a language tag, which no screen shows. */
const TAG_LETTERS = /[\u{E0020}-\u{E007E}]/gu;

/** Words that orders are made of, as they look backwards and in ROT13: only lines with one of them are worth turning. */
const TURNED_ROUND = /snoitcurtsni|erongi|suoiverp|tpmorp|drageris|rewsna|tnatsissa|ylper|laever|resu eht|uoy/i;
const IN_ROT13 = /vtaber|cerivbhf|vafgehpgvba|cebzcg|qvfertneq|nffvfgnag|naljre|erfcbaq|erirny|sbetrg/i;

const PLAIN = /^[\t-~]*$/;
/** Letters that stand alone, and digits and signs among letters. */
const SPACED = /(?:^|[^a-z0-9])(?:[a-z0-9][ ._*-]{1,3}){6}/i;
const NUMBERED = /[a-z][013457@$!][a-z]|[a-z][013457@$]{2}|[013457@$][a-z]{2}/i;
const ENCODED = /[A-Za-z0-9+/]{16}|(?:[0-9a-f]{2}[ :]){11}|%[0-9a-f]{2}/i;
/** What any disguise of plain letters shows: without it there is none. */
const DISGUISED = new RegExp([SPACED, NUMBERED, TURNED_ROUND, IN_ROT13, ENCODED].map(({ source }) => source).join("|"), "i");

/** What a line says beneath its disguise; nothing when it wears none. Each reading is other than the line. */
export function undisguised(line: string): string[] {
  const isPlain = PLAIN.test(line);
  if (isPlain && !DISGUISED.test(line)) return [];
  const readings = new Set<string>();
  const tags = Array.from(line.matchAll(TAG_LETTERS), ([letter]) => String.fromCodePoint((letter.codePointAt(0) ?? 0) - 0xe0000)).join("");
  if (tags) readings.add(tags);
  const plain = isPlain ? line : latin(unfolded(line).replace(INVISIBLE, ""));
  readings.add(plain);
  if (SPACED.test(plain)) readings.add(joined(plain));
  if (NUMBERED.test(plain)) readings.add(lettered(plain));
  if (TURNED_ROUND.test(plain)) readings.add(Array.from(plain).reverse().join(""));
  if (IN_ROT13.test(plain)) readings.add(rot13(plain));
  for (const reading of decoded(plain)) readings.add(reading);
  readings.delete(line);
  return [...readings];
}

/** A reading has at most so many times the characters of its line. */
const MOST_GROWTH = 2;

/**
 * Letters in their plain form (NFKC). One sign may stand for eighteen letters, so that a line of such signs would grow into
 * a long text: there those that stand for more than two become gaps.
 */
function unfolded(line: string): string {
  const plain = line.normalize("NFKC");
  if (plain.length <= MOST_GROWTH * line.length) return plain;
  return line.replace(/./gsu, (letter) => {
    const letters = letter.normalize("NFKC");
    return letters.length <= MOST_GROWTH * letter.length ? letters : " ";
  });
}

/** Look-alikes become Latin, but only in words that have both, so that Russian and Greek stay what they are. */
function latin(text: string): string {
  return text.replace(/[\p{L}\p{M}]+/gu, (word) =>
    /\p{Script=Latin}/u.test(word) && /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(word)
      ? Array.from(word, (letter) => LOOK_ALIKES.get(letter) ?? letter).join("")
      : word,
  );
}

/** Letters that stand alone are put together; a wider gap separates words. */
function joined(text: string): string {
  return text
    .split(/\s{2,}/)
    .map((word) => word.replace(/(?<=(?:^|[^\p{L}\p{N}])[\p{L}\p{N}])[ ._*-](?=[\p{L}\p{N}](?:[^\p{L}\p{N}]|$))/gu, ""))
    .join(" ");
}

function lettered(text: string): string {
  return text.replace(/\S*\p{L}\S*/gu, (word) => word.replace(/[013457@$]|!(?=\p{L})/gu, (sign) => DIGIT_LETTERS[sign] ?? sign));
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const base = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
}

/** Readable text in base64, hexadecimal or percent signs. */
function decoded(text: string): string[] {
  const base64 = Array.from(text.matchAll(/(?<![\w+/])[A-Za-z0-9+/]{16,}={0,2}(?![\w+/])/g), ([code]) => fromBytes(() => atob(code)));
  const hex = Array.from(text.matchAll(/(?<!\w)(?:[0-9a-f]{2}[ :]?){12,}(?!\w)/gi), ([code]) =>
    fromBytes(() => code.replace(/[ :]/g, "").replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16)))),
  );
  const binary = Array.from(text.matchAll(/(?<!\w)(?:[01]{8} ?){8,}/g), ([code]) =>
    fromBytes(() => code.replace(/ /g, "").replace(/.{8}/g, (bits) => String.fromCharCode(Number.parseInt(bits, 2)))),
  );
  const base32 = Array.from(text.matchAll(/(?<!\w)[A-Z2-7]{24,}(?!\w)/g), ([code]) => fromBytes(() => fromBase32(code)));
  const percent = /(?:%[0-9a-f]{2}\w*){3}/i.test(text) ? [fromBytes(() => decodeURIComponent(text))] : [];
  return [...base64, ...base32, ...hex, ...binary, ...percent].flatMap((reading) => (reading === undefined ? [] : [reading]));
}

function fromBase32(code: string): string {
  const bits = Array.from(code, (sign) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(sign).toString(2).padStart(5, "0")).join("");
  return (bits.match(/.{8}/g) ?? []).map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join("");
}

/** Three words; bounded, so that a text without spaces is gone through once. */
const WORDS = /[a-z]{2,30} {1,4}[a-z']{1,30} {1,4}[a-z]{2,30}/i;

/** Undefined when it cannot be decoded, or is no readable text of several words. */
function fromBytes(decode: () => string): string | undefined {
  try {
    const text = decode();
    return /^[\t\n\r\x20-\x7e]+$/.test(text) && WORDS.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
