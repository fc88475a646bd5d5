import { type Word, words } from "./terms.ts";

const TOKEN = /\[([A-Z][A-Z0-9]*(?:_[A-Z][A-Z0-9]*)*)_(\d+)\]/g;

/** The words of a redacted text: a token that stands for a value counts as one word, equal only to itself. */
export function wordsAndTokens(text: string): Word[] {
  const tokens = Array.from(text.matchAll(TOKEN), ({ index, 0: surface }) => ({
    start: index,
    end: index + surface.length,
    surface,
    term: surface.toLowerCase(),
  }));
  if (tokens.length === 0) return words(text);
  const all: Word[] = [];
  let at = 0;
  for (const word of words(text)) {
    while (tokens[at] && (tokens[at] as Word).end <= word.start) all.push(tokens[at++] as Word);
    if (!tokens[at] || word.end <= (tokens[at] as Word).start) all.push(word);
  }
  return [...all, ...tokens.slice(at)];
}

/** The kind of value that a word stands for, when it is a token: "PERSON" of `[PERSON_01]`. */
export function tokenKind({ surface }: Word): string | undefined {
  return /^\[([A-Z].*)_\d+\]$/.exec(surface)?.[1];
}
