/** Finds, for each sentence of a text that a model wrote, the sentences of the passages that say so: what Ethos then checks. */
import { type Draft, type Passage, type Quote, type Redacted, redacted, sliceRedacted } from "../../kernel/index.ts";
import { type Evidence, readEvidence, type Sentence } from "../text/evidence.ts";
import { splitSentences } from "../text/sentences.ts";
import { contentTerms } from "../text/terms.ts";

/** References such as [2], [1, 3] or [1][2], with the space before them; not an index such as list[2]. */
const REFERENCES = /(?:\s{1,4}|(?<![\w\s]))\[\d{1,3}(?:\s?[,;]\s?\d{1,3}){0,9}\]/g;
/** Sentences that one sentence of the answer may rest on. */
const MOST_CITED = 3;
/** A sentence that adds less than this share of what is said is not cited. */
const LEAST_ADDED = 0.15;
/** What the model's own reference to a passage is worth beside the words. */
const NAMED = 0.1;

/**
 * The text as a draft. Its own references count as hints only: who reads it is shown sentences that were looked up here.
 * A sentence that rests on nothing cites nothing.
 *
 * @param numbered the passages that the references count, from 1; by their place in `passages`
 */
export function attribute(text: Redacted, passages: readonly Passage[], numbered: readonly number[]): Draft {
  const evidence = readEvidence(passages);
  const quotes: Quote[] = [];
  let draft = redacted``;
  let from = 0;
  for (const { start, end } of claims(text)) {
    const { bare, named } = withoutReferences(text, start, end, numbered);
    const cited = restsOn(bare, named, evidence).map((quote) => numberOf(quote, quotes));
    draft = redacted`${draft}${sliceRedacted(text, from, start)}${bare}`;
    for (const number of cited) draft = redacted`${draft} [${number}]`;
    from = end;
  }
  return { text: redacted`${draft}${sliceRedacted(text, from)}`, quotes };
}

/** The sentences; references that stand behind one's full stop belong to it. */
function claims(text: string): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const { start, end } of splitSentences(text)) {
    const before = ranges.at(-1);
    const lead = /^(?:\s?\[\d{1,3}(?:\s?[,;]\s?\d{1,3}){0,9}\]){1,9}\.?/.exec(text.slice(start, end))?.[0].length ?? 0;
    if (before && lead > 0) before.end = start + lead;
    const from = before && lead > 0 ? start + lead : start;
    const space = /^\s*/.exec(text.slice(from, end))?.[0].length ?? 0;
    if (from + space < end) ranges.push({ start: from + space, end });
  }
  return ranges;
}

function withoutReferences(text: Redacted, start: number, end: number, numbered: readonly number[]) {
  const named = new Set<number>();
  let bare = redacted``;
  let from = start;
  for (const { index, 0: reference } of text.slice(start, end).matchAll(REFERENCES)) {
    for (const [number] of reference.matchAll(/\d+/g)) {
      const passage = numbered[Number(number) - 1];
      if (passage !== undefined) named.add(passage);
    }
    bare = redacted`${bare}${sliceRedacted(text, from, start + index)}`;
    from = start + index + reference.length;
  }
  return { bare: redacted`${bare}${sliceRedacted(text, from, end)}`, named };
}

/** The sentences that together say most of it, the one that says most first. */
function restsOn(claim: string, named: ReadonlySet<number>, { sentences, rarity }: Evidence): Quote[] {
  const missing = new Set(contentTerms(claim));
  const all = [...missing].reduce((sum, term) => sum + rarity(term), 0);
  const chosen: Sentence[] = [];
  while (all > 0 && missing.size > 0 && chosen.length < MOST_CITED) {
    const adds = (sentence: Sentence) => [...missing].reduce((sum, term) => sum + (sentence.terms.has(term) ? rarity(term) : 0), 0) / all;
    const worth = sentences.map((sentence) => ({ sentence, added: adds(sentence) })).filter(({ added }) => added >= LEAST_ADDED);
    const best = worth.reduce<(typeof worth)[number] | undefined>(
      (leader, next) => (leader && value(leader) >= value(next) ? leader : next),
      undefined,
    );
    if (!best) break;
    chosen.push(best.sentence);
    for (const term of best.sentence.terms) missing.delete(term);
  }
  return chosen.map(({ passage, start, end }) => ({ passage, start, end }));

  function value({ sentence, added }: { sentence: Sentence; added: number }): number {
    return added + (named.has(sentence.passage) ? NAMED : 0);
  }
}

/** The number of a quote, from 1; a new one is added. */
function numberOf(quote: Quote, quotes: Quote[]): number {
  const at = quotes.findIndex(({ passage, start, end }) => passage === quote.passage && start === quote.start && end === quote.end);
  return at >= 0 ? at + 1 : quotes.push(quote);
}
