/** Whether a value that stands where a secret is expected is one, and not a placeholder, a variable or a word. */

const PLACEHOLDER =
  /^(?:true|false|null|nil|none|undefined|empty|required|optional|invalid|expired|missing|string|str|text|bool|boolean|int|integer|number|object|any|void|self|this|env|input|value|unknown|redacted|hidden|masked|example|placeholder|todo|tbd|n\/a|your.*|my[-_ ]?(?:password|token|key|secret)|change[-_ ]?me.*|<.*|\$.*|%.*%|\{.*|\[.*|x{3,}.*|\*{2,}.*|\.{2,}.*|-+|process\.env.*|os\.(?:environ|getenv).*|system\.getenv.*|env\..*|config\..*|self\..*|this\..*|args\..*|options\..*|params\..*|req\..*|request\..*|settings\..*|secrets\..*|vars?\..*|ref:.*|!ref.*)$/i;

/** A password: anything that is no placeholder, variable or call. */
export function passwordLike(text: string): boolean {
  return text.length >= 3 && isNoPlaceholder(text, kindsOf(text));
}

/** @param kinds those of its characters: what cannot be in it needs no expression to look for it. */
function isNoPlaceholder(text: string, kinds: number): boolean {
  if ((kinds & BRACKET) !== 0 && /^[A-Za-z_][\w.]*\(/.test(text)) return false;
  if ((kinds & SMALL) === 0 && /^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text)) return false;
  return !PLACEHOLDER.test(text);
}

/** Numbers, dates and times, and ranges of versions, as in `"auth-library": ">=9.1 <12"`. */
const NUMBERS = /^[\d.,:/<>=^~|* -]+$/;

/** A secret among words: it also has digits or signs among letters, or many changes of case. */
export function secretLike(text: string): boolean {
  if (text.length < 6) return false;
  const kinds = kindsOf(text);
  const main = kinds & (SMALL | LARGE | DIGIT | OTHER);
  if ((main & (main - 1)) === 0) return false;
  if ((kinds & DIGIT) === 0 && !/[a-z][A-Z].*[a-z][A-Z]/.test(text) && !/[!@#$%^&*+=?~]/.test(text)) return false;
  if (!isVaried(text, 5) || !isNoPlaceholder(text, kinds)) return false;
  if ((kinds & DOT) !== 0 && /^[\w-]+\.[A-Za-z]{2,4}$/.test(text)) return false;
  return (kinds & (SMALL | LARGE)) !== 0 || !NUMBERS.test(text);
}

const [SMALL, LARGE, DIGIT, OTHER, DOT, BRACKET] = [1, 2, 4, 8, 16, 32];
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const char = String.fromCharCode(code);
  if (/[a-z]/.test(char)) return SMALL;
  if (/[A-Z]/.test(char)) return LARGE;
  return /[0-9]/.test(char) ? DIGIT : OTHER | (char === "." ? DOT : 0) | (char === "(" ? BRACKET : 0);
});

/** Which kinds of characters a text has, as bits. */
function kindsOf(text: string): number {
  let kinds = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    kinds |= code < 128 ? (KINDS[code] as number) : OTHER;
  }
  return kinds;
}

/** Whether a text has at least so many different characters; those that share their low five bits count as one at first. */
function isVaried(text: string, least: number): boolean {
  let seen = 0;
  let different = 0;
  for (let i = 0; i < text.length && different < least; i++) {
    const bit = 1 << (text.charCodeAt(i) & 31);
    if ((seen & bit) === 0) different++;
    seen |= bit;
  }
  return different >= least || new Set(text.split("")).size >= least;
}
