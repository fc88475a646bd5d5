/** Whether a value that stands where a secret is expected is one, and not a placeholder, a variable or a word. */

const PLACEHOLDER =
  /^(?:true|false|null|nil|none|undefined|empty|required|optional|invalid|expired|missing|string|str|text|bool|boolean|int|integer|number|object|any|void|self|this|env|input|value|unknown|redacted|hidden|masked|example|placeholder|todo|tbd|n\/a|your.*|my[-_ ]?(?:password|token|key|secret)|change[-_ ]?me.*|<.*|\$.*|%.*%|\{.*|\[.*|x{3,}.*|\*{2,}.*|\.{2,}.*|-+|process\.env.*|os\.(?:environ|getenv).*|system\.getenv.*|env\..*|config\..*|self\..*|this\..*|args\..*|options\..*|params\..*|req\..*|request\..*|settings\..*|secrets\..*|vars?\..*|ref:.*|!ref.*)$/i;

/** A password: anything that is no placeholder, variable or call. */
export function passwordLike(text: string): boolean {
  return text.length >= 3 && !PLACEHOLDER.test(text) && !/^[A-Za-z_][\w.]*\(/.test(text) && !/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(text);
}

/** A secret among words: it also has digits or signs among letters, or many changes of case. */
export function secretLike(text: string): boolean {
  if (text.length < 6 || !passwordLike(text) || /^[\w-]+\.[A-Za-z]{2,4}$/.test(text) || /^\d[\d.,:/-]*$/.test(text)) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
  return kinds >= 2 && (/\d/.test(text) || /[a-z][A-Z].*[a-z][A-Z]/.test(text) || /[!@#$%^&*+=?~]/.test(text)) && isVaried(text, 5);
}

/** Whether a text has at least so many different characters of ASCII. */
function isVaried(text: string, least: number): boolean {
  const seen = new Uint8Array(128);
  let count = 0;
  for (let i = 0; i < text.length && count < least; i++) {
    const code = text.charCodeAt(i) & 127;
    if (seen[code] === 0) count++;
    seen[code] = 1;
  }
  return count >= least;
}
