import type { Quote } from "../../../kernel/index.ts";
import type { Sentence } from "../../../pipeline/text/evidence.ts";
import type { Finding, Trial } from "./finding.ts";
import { type Clock, dateOf } from "./source-date.ts";
import { type Disagreement, disagreements } from "./statements.ts";

/** Says where sources disagree with what the draft quotes, and objects where the others outnumber it or are newer. */
export function contradictions({ brief, evidence }: Trial, clock: Clock): Finding[] {
  const quoted = evidence.sentences.filter(({ passage, start, end }) =>
    brief.draft?.quotes.some((quote) => quote.passage === passage && start < quote.end && end > quote.start),
  );
  const found = quoted.flatMap((sentence) =>
    disagreements(sentence, evidence)
      .slice(0, 1)
      .map((first) => ({ first, all: disagreements(sentence, evidence) })),
  );
  const seen = new Set<string>();
  return found.flatMap(({ first, all }) => {
    const key = [first.said.value, first.other.value].sort().join("\n");
    if (seen.has(key)) return [];
    seen.add(key);
    const warning = { text: wording(first), quotes: [quoteOf(first.said.sentence), quoteOf(first.other.sentence)] };
    const doubt = weakness(first, all, { brief, evidence, clock });
    if (doubt === undefined) return [{ warning }];
    const text = `${warning.text} ${doubt}`;
    return [{ warning: { ...warning, text }, objection: text }];
  });
}

function wording({ kind, said, other }: Disagreement): string {
  return `The sources disagree on ${KINDS[kind]}: ${said.value} in one, ${other.value} in another.`;
}

const KINDS = { name: "a name", date: "a date", number: "a number" };

/** Why the quoted one of two contradicting statements is the one to doubt, if it is. */
function weakness(
  { said, other }: Disagreement,
  all: readonly Disagreement[],
  { brief, evidence, clock }: Pick<Trial, "brief" | "evidence"> & { clock: Clock },
): string | undefined {
  const dates = [said, other].map(({ sentence }) => dateOf(brief.passages[sentence.passage], clock));
  const [mine, theirs] = dates;
  if (mine !== undefined && theirs !== undefined && mine !== theirs)
    return mine < theirs ? `The one with ${other.value} is newer.` : undefined;
  const others = new Set(all.filter(({ other: { value } }) => value === other.value).map(({ other: { sentence } }) => sentence.passage));
  const agreeing = evidence.sentences.filter(({ text }) => text === said.sentence.text).map(({ passage }) => passage);
  return others.size > new Set(agreeing).size ? `More sources say ${other.value}.` : undefined;
}

function quoteOf({ passage, start, end }: Sentence): Quote {
  return { passage, start, end };
}
