/**
 * What agents hand in, checked before anything relies on it: agents are plugins, and a plugin may return anything.
 */
import type { Ballot, Call, Draft, Passage, Quote, Vote } from "../kernel/index.ts";

interface Returned {
  readonly name: string;
  readonly value: unknown;
}

/** A longer text is no sentence for a person, nor are so many of them: they would only fill the record. */
const MOST_CHARACTERS = 20_000;
const MOST_TEXTS = 100;

/**
 * Turns what agents returned into votes. The weight comes from the configuration alone, and nothing that is no part of
 * a ballot goes on. A ballot of the wrong shape is left out and named in the trace.
 */
export function votesFrom(
  returned: readonly Returned[],
  weights: ReadonlyMap<string, number>,
  passages: readonly Passage[],
  call: Call,
): Vote[] {
  return returned.flatMap(({ name, value }) => {
    const ballot = readBallot(value, passages);
    if (typeof ballot !== "string") return [{ ...ballot, agent: name, weight: weights.get(name) ?? 0 }];
    call.trace.record("agentVote", name, call.trace.now(), ballot);
    return [];
  });
}

/** Those who have an opinion: who abstains is heard, and counts for nothing. */
export function counted(votes: readonly Vote[]): Vote[] {
  return votes.filter(({ abstains }) => !abstains);
}

/** The ballot, of its own fields alone; or what is wrong with it. */
function readBallot(value: unknown, passages: readonly Passage[]): Ballot | string {
  if (!isRecord(value)) return "its ballot is not an object";
  try {
    const { approval, reason, objections, warnings, abstains, veto, framing, draft } = value;
    // Through JSON, so that what stays is data: no getter, no cycle, nothing that changes later.
    const said = JSON.parse(JSON.stringify({ reason, objections, warnings, abstains, veto, framing, draft }));
    const ballot = { ...said, approval: said.abstains === true ? 0 : approval };
    return faultIn(ballot, passages) ?? (ballot as Ballot);
  } catch {
    return "its ballot cannot be read";
  }
}

function faultIn(ballot: Record<string, unknown>, passages: readonly Passage[]): string | undefined {
  const { approval, reason, objections, warnings, abstains, veto, framing, draft } = ballot;
  if (abstains !== undefined && typeof abstains !== "boolean") return "it neither abstains nor votes";
  if (abstains && veto !== undefined) return "it abstains and vetoes";
  if (!isFraction(approval)) return "its approval is not a number from 0 to 1";
  if (!isText(reason)) return "its reason is not a text";
  if (objections !== undefined && !isTexts(objections)) return "its objections are not texts";
  if (warnings !== undefined && !isListOf(warnings, (warning) => isWarning(warning, passages)))
    return "its warnings are not texts with quotes";
  if (veto !== undefined && !(isRecord(veto) && isTexts([veto["rule"], veto["reason"]]))) return "its veto has no rule or no reason";
  if (framing !== undefined && !isFraming(framing)) return "its framing is not complete";
  if (draft !== undefined && !isDraft(draft, passages)) return "its draft quotes what is not in the passages";
  return undefined;
}

function isFraming(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { intent, expects, terms, expertise, language, senses, reframed } = value;
  const given = [expertise, language, reframed].filter((text) => text !== undefined);
  return isTexts([intent, expects, ...given]) && isTexts(terms) && (senses === undefined || isTexts(senses));
}

function isWarning(value: unknown, passages: readonly Passage[]): boolean {
  if (!isRecord(value) || !isText(value["text"])) return false;
  const { quotes } = value;
  return quotes === undefined || isListOf(quotes, (quote) => isQuote(quote, passages));
}

function isDraft(value: unknown, passages: readonly Passage[]): value is Draft {
  if (!isRecord(value) || typeof value["text"] !== "string" || value["text"].trim() === "") return false;
  const { quotes } = value;
  return Array.isArray(quotes) && quotes.length > 0 && quotes.every((quote) => isQuote(quote, passages));
}

function isQuote(value: unknown, passages: readonly Passage[]): value is Quote {
  if (!isRecord(value)) return false;
  const { passage, start, end } = value;
  const length = typeof passage === "number" ? passages[passage]?.text.length : undefined;
  return (
    length !== undefined &&
    Number.isInteger(start) &&
    Number.isInteger(end) &&
    0 <= Number(start) &&
    Number(start) < Number(end) &&
    Number(end) <= length
  );
}

/** Whether a value is a finite number from 0 to 1. */
export function isFraction(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_CHARACTERS;
}

function isTexts(value: unknown): value is string[] {
  return isListOf(value, isText);
}

function isListOf(value: unknown, holds: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.length <= MOST_TEXTS && value.every(holds);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
