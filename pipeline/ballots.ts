/**
 * What agents hand in, checked before anything relies on it: agents are plugins, and a plugin may return anything.
 */
import type { Ballot, Call, Draft, Passage, Vote } from "../kernel/index.ts";

interface Returned {
  readonly name: string;
  readonly value: unknown;
}

/**
 * Turns what agents returned into votes. The weight comes from the configuration alone, whatever a ballot says. A
 * ballot of the wrong shape is left out and named in the trace.
 */
export function votesFrom(
  returned: readonly Returned[],
  weights: ReadonlyMap<string, number>,
  passages: readonly Passage[],
  call: Call,
): Vote[] {
  return returned.flatMap(({ name, value }) => {
    const fault = ballotFault(value, passages);
    if (fault === undefined) return [{ ...(value as Ballot), agent: name, weight: weights.get(name) ?? 0 }];
    call.trace.record("agentVote", name, call.trace.now(), fault);
    return [];
  });
}

/** What is wrong with a ballot, or undefined. */
function ballotFault(value: unknown, passages: readonly Passage[]): string | undefined {
  if (!isRecord(value)) return "its ballot is not an object";
  const { approval, reason, objections, warnings, veto, framing, draft } = value;
  if (!isFraction(approval)) return "its approval is not a number from 0 to 1";
  if (typeof reason !== "string") return "its reason is not a text";
  if (objections !== undefined && !isTexts(objections)) return "its objections are not texts";
  if (warnings !== undefined && !isTexts(warnings)) return "its warnings are not texts";
  if (veto !== undefined && !(isRecord(veto) && isTexts([veto["rule"], veto["reason"]]))) return "its veto has no rule or no reason";
  if (framing !== undefined && !isFraming(framing)) return "its framing is not complete";
  if (draft !== undefined && !isDraft(draft, passages)) return "its draft quotes what is not in the passages";
  return undefined;
}

function isFraming(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { intent, expects, terms, reframed } = value;
  return isTexts([intent, expects]) && isTexts(terms) && (reframed === undefined || typeof reframed === "string");
}

function isDraft(value: unknown, passages: readonly Passage[]): value is Draft {
  if (!isRecord(value) || typeof value["text"] !== "string" || value["text"].trim() === "") return false;
  const { quotes } = value;
  return Array.isArray(quotes) && quotes.length > 0 && quotes.every((quote) => isQuote(quote, passages));
}

function isQuote(value: unknown, passages: readonly Passage[]): boolean {
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

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
