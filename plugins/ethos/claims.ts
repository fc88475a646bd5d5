/** Whether each sentence of a draft says no more than what it cites: for drafts that are not quotations. */
import type { Brief, Passage } from "../../kernel/index.ts";
import { contentTerms, words } from "../../pipeline/text/terms.ts";
import { findValues } from "../../pipeline/text/values.ts";

/** Less of a sentence's words than this in the cited passages, and it says something else. */
const LEAST_SHARED = 0.5;

const NEGATED = /\b(?:not|never|no|nobody|nothing|none|neither|nor|without|cannot|\w+n['’]t)\b/gi;

interface Claim {
  readonly text: string;
  /** The sentences it cites. */
  readonly quotes: readonly string[];
  readonly passages: readonly Passage<string>[];
}

/** What is wrong with the first sentence that its citations do not bear; undefined when they bear all. */
export function unsupportedClaim(brief: Brief<string>): string | undefined {
  const quoted = (brief.draft?.quotes ?? []).map(({ passage, start, end }) =>
    squeeze(brief.passages[passage]?.text.slice(start, end) ?? ""),
  );
  for (const claim of claimsOf(brief)) {
    if (quoted.some((quote) => quote.includes(squeeze(claim.text)))) continue;
    const fault = faultOf(claim);
    if (fault) return fault;
  }
  return undefined;
}

/** The draft cut at its citations. */
function claimsOf({ draft, passages }: Brief<string>): Claim[] {
  const claims: Claim[] = [];
  for (const [, text = "", cited = ""] of (draft?.text ?? "").matchAll(/(\S[\s\S]*?)((?:\s*\[\d{1,3}\])+|\s*$)/g)) {
    const quotes = Array.from(cited.matchAll(/\d+/g), ([number]) => draft?.quotes[Number(number) - 1]).filter(
      (quote) => quote !== undefined,
    );
    claims.push({
      text,
      quotes: quotes.map(({ passage, start, end }) => passages[passage]?.text.slice(start, end) ?? ""),
      passages: quotes.flatMap(({ passage }) => passages[passage] ?? []),
    });
  }
  return claims;
}

function faultOf({ text, quotes, passages }: Claim): string | undefined {
  if (quotes.length === 0) return "A sentence of the answer cites nothing.";
  const said = termsOf(quotes);
  const around = termsOf(passages.flatMap((passage) => [passage.title, passage.heading, passage.text]));
  for (const { kind, terms, start, end } of findValues(text)) {
    const borne = kind === "name" ? around : said;
    if (!terms.every((term) => borne.has(term))) return `The cited sentences do not say: ${text.slice(start, end)}.`;
  }
  if (turnsAround(text, quotes)) return "The answer says yes where its source says no, or the other way.";
  const content = contentTerms(text);
  const shared = content.filter((term) => around.has(term)).length;
  return shared < LEAST_SHARED * content.length ? "The cited sentences speak of something else." : undefined;
}

/** A claim that denies what nothing cited denies, or states what is denied there. */
function turnsAround(text: string, quotes: readonly string[]): boolean {
  if (deniedIn(text).length > 0 && quotes.every((quote) => deniedIn(quote).length === 0)) return true;
  const stated = termsOf([text]);
  return (
    deniedIn(text).length === 0 &&
    quotes.some((quote) => deniedIn(quote).some((words) => words.length > 0 && words.every((term) => stated.has(term))))
  );
}

/** After each word of denial, the content words that it denies: the next two before the clause ends. */
function deniedIn(text: string): string[][] {
  return Array.from(text.matchAll(NEGATED), ({ 0: word, index }) => {
    const rest = text.slice(index + word.length).split(/[.,;:!?()]|\b(?:but|and|or)\b/, 1)[0] ?? "";
    return contentTerms(rest).slice(0, 2);
  });
}

function termsOf(texts: readonly string[]): ReadonlySet<string> {
  return new Set(texts.flatMap((text) => words(text).map(({ term }) => term)));
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
