/** A word and another share a family when they begin alike, over five letters and seven tenths of the word. */
export function hasKindred(terms: Iterable<string>, term: string): boolean {
  if (term.length < 5) return false;
  const beginning = term.slice(0, Math.max(5, Math.ceil(term.length * 0.7)));
  for (const other of terms) if (other.startsWith(beginning)) return true;
  return false;
}
