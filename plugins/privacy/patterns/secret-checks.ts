/** Whether a value that stands where a secret is expected is one, and not a placeholder, a variable or a word. */

const PLACEHOLDER =
  /^(?:true|false|null|nil|none|undefined|empty|required|optional|invalid|expired|missing|string|str|text|bool|boolean|int|integer|number|object|any|void|self|this|env|input|value|unknown|redacted|hidden|masked|example|placeholder|todo|tbd|n\/a|your.*|my[-_ ]?(?:password|token|key|secret)|change[-_ ]?me.*|<.*|\$.*|%.*%|\{.*|\[.*|x{3,}.*|\*{2,}.*|\.{2,}.*|-+|process\.env.*|os\.(?:environ|getenv).*|system\.getenv.*|env\..*|config\..*|self\..*|this\..*|args\..*|options\..*|params\..*|req\..*|request\..*|settings\..*|secrets\..*|vars?\..*|ref:.*|!ref.*)$/i;

/** A password: anything that is no placeholder, variable or call. */
export function passwordLike(text: string): boolean {
  return text.length >= 3 && !PLACEHOLDER.test(text) && !/^[A-Za-z_][\w.]*\(/.test(text) && !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text);
}

/** A secret among words: it also has digits or signs among letters, or many changes of case. */
export function secretLike(text: string): boolean {
  if (text.length < 6) return false;
  const kinds = kindsOf(text);
  if ((kinds & (kinds - 1)) === 0) return false;
  if ((kinds & DIGIT) === 0 && !/[a-z][A-Z].*[a-z][A-Z]/.test(text) && !/[!@#$%^&*+=?~]/.test(text)) return false;
  return isVaried(text, 5) && passwordLike(text) && !/^[\w-]+\.[A-Za-z]{2,4}$/.test(text) && !/^\d[\d.,:/-]*$/.test(text);
}

const [SMALL, LARGE, DIGIT, OTHER] = [1, 2, 4, 8];

/** Which kinds of characters a text has, as bits. */
function kindsOf(text: string): number {
  let kinds = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 97 && code <= 122) kinds |= SMALL;
    else if (code >= 65 && code <= 90) kinds |= LARGE;
    else kinds |= code >= 48 && code <= 57 ? DIGIT : OTHER;
  }
  return kinds;
}

/** Whether a text has at least so many different characters. */
function isVaried(text: string, least: number): boolean {
  let different = text.charAt(0);
  for (let i = 1; i < text.length && different.length < least; i++) if (!different.includes(text.charAt(i))) different += text.charAt(i);
  return different.length >= least;
}
