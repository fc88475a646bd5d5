/**
 * Words of the vault's own vocabulary for a word that no document has: one or two letters away, of the same family, its
 * parts where it is written as one, or the whole where it is written as two. What is near is made up and asked for, or
 * read from one place of the sorted vocabulary: the whole of it is never gone through.
 */
import type Sqlite from "better-sqlite3";
import { editsBetween, spellingsNear } from "../../pipeline/text/spellings.ts";
import { termOf, words } from "../../pipeline/text/terms.ts";

/** A word that the documents have, for one that they have not. */
export interface RelatedWord {
  readonly word: string;
  /** Of the same family, spelt almost alike, or a part or the whole of a compound. */
  readonly kind: "family" | "spelling" | "compound";
  /** How much it counts beside a word that was asked for, from 0 to 1. */
  readonly weight: number;
}

/** Shorter words have too many neighbours. */
const SHORTEST = 4;
/** From this length on two letters may be wrong. */
const LONG = 7;
/** Longer ones are no words; the cost grows with the length. */
const LONGEST = 24;
/** So many are given for a word. */
const MOST = 3;
/** So many words that begin alike are looked at: with the first letter where there are no more, else with two or three. */
const MOST_READ = 1_000;
const PREFIXES = [3, 2, 1];
/** A family has so many letters in common, and this share of the word. */
const FAMILY = { letters: 5, share: 0.7 };

const WEIGHT = { near: 0.8, far: 0.5 };

export interface WordsOfVault {
  readonly db: Sqlite.Database;
  /** In how many chunks a term stands. */
  readonly chunksWith: (term: string) => number;
  /** A text in which a term stands. */
  readonly textWith: (term: string) => string | undefined;
}

export class Vocabulary {
  readonly #vault: WordsOfVault;
  readonly #between: Sqlite.Statement;

  constructor(vault: WordsOfVault) {
    this.#vault = vault;
    this.#between = vault.db.prepare(`SELECT term FROM temp.term_counts WHERE term >= ? AND term < ? LIMIT ${MOST_READ}`).pluck();
  }

  /** The nearest words for one that no document has, the nearest first. */
  related(surface: string): RelatedWord[] {
    const word = surface.toLowerCase();
    if (word.length < SHORTEST || word.length > LONGEST || !/^\p{L}+$/u.test(word)) return [];
    const near = [...this.#misspelt(word), ...this.#parts(word)];
    const found = near.length > 0 ? near : this.#beginningAlike(word);
    return found.slice(0, MOST).map(({ word: made, ...rest }) => ({ word: this.#asWritten(made), ...rest }));
  }

  /** The word that two neighbours of a question are together, where a document has it. */
  joined(first: string, second: string): RelatedWord | undefined {
    const word = (first + second).toLowerCase();
    if (word.length > LONGEST || this.#vault.chunksWith(termOf(word)) === 0) return undefined;
    return { word: this.#asWritten(word), kind: "compound", weight: WEIGHT.near };
  }

  /** Words one letter away, those first that stand in most chunks. */
  #misspelt(word: string): RelatedWord[] {
    const near = new Map<string, { readonly word: string; readonly chunks: number }>();
    for (const spelling of spellingsNear(word)) {
      const term = termOf(spelling);
      if (spelling.length < SHORTEST || near.has(term)) continue;
      const chunks = this.#vault.chunksWith(term);
      if (chunks > 0) near.set(term, { word: spelling, chunks });
    }
    return [...near.values()].sort((a, b) => b.chunks - a.chunks).map(({ word }) => ({ word, kind: "spelling", weight: WEIGHT.near }));
  }

  /** The two words of which it is made, where it can be cut into two that stand in some chunks. */
  #parts(word: string): RelatedWord[] {
    let best: { readonly parts: readonly string[]; readonly chunks: number } | undefined;
    for (let at = SHORTEST; at <= word.length - SHORTEST; at++) {
      const parts = [word.slice(0, at), word.slice(at)];
      const chunks = Math.min(...parts.map((part) => this.#vault.chunksWith(termOf(part))));
      if (chunks > (best?.chunks ?? 0)) best = { parts, chunks };
    }
    return (best?.parts ?? []).map((part) => ({ word: part, kind: "compound", weight: WEIGHT.near }));
  }

  /** Words of its family and, for a long one, words two letters away. */
  #beginningAlike(word: string): RelatedWord[] {
    const stem = termOf(word);
    const family = stem.slice(0, Math.max(FAMILY.letters, Math.ceil(stem.length * FAMILY.share)));
    const found: (RelatedWord & { readonly edits: number })[] = [];
    for (const term of this.#termsLike(stem)) {
      const edits = editsBetween(stem, term, 2);
      if (term.startsWith(family)) found.push({ word: term, kind: "family", weight: WEIGHT.far, edits });
      else if (edits <= 2 && word.length >= LONG) found.push({ word: term, kind: "spelling", weight: WEIGHT.far, edits });
    }
    return found.sort((a, b) => a.edits - b.edits).map(({ edits: _, ...rest }) => rest);
  }

  #termsLike(stem: string): string[] {
    let read: string[] = [];
    for (const prefix of PREFIXES.map((length) => stem.slice(0, length))) {
      const terms = this.#between.all(prefix, `${prefix}\uffff`) as string[];
      if (read.length > 0 && terms.length >= MOST_READ) break;
      read = terms;
    }
    return read;
  }

  /** A word as a document writes it: what was made up may have an ending that nobody uses, and has no capital letters. */
  #asWritten(word: string): string {
    const term = termOf(word);
    return words(this.#vault.textWith(word) ?? "").find((other) => other.term === term || other.term === word)?.surface ?? word;
  }
}
