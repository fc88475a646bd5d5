/** What is done with each kind of value. */
import type { Span, TokenSession, TokenVault } from "../../../kernel/index.ts";
import { SynesisError } from "../../../kernel/index.ts";

/**
 * tokenise: a token stands for the value and it is given back. mask: a token stands for it and it is never given back,
 * nor kept. block: a text with such a value is refused as a whole. allow: it is left as it is.
 */
export type Action = "tokenise" | "mask" | "block" | "allow";

export interface PrivacyPolicy {
  /** By type; "tokenise" for those that are not named. */
  readonly actions?: Readonly<Record<string, Action>>;
  /** Values that are left as they are, compared without case: the company's own name, a public address. */
  readonly allow?: readonly string[];
}

/** What a masked value is given back as. */
const MASK = "*****";

/** The spans that are to be hidden under the policy. @throws SynesisError TEXT_BLOCKED, naming the type. */
export function applyPolicy(raw: string, spans: readonly Span[], { actions = {}, allow = [] }: PrivacyPolicy): Span[] {
  const allowed = new Set(allow.map((value) => value.toLowerCase()));
  return spans.filter(({ type, start, end }) => {
    const action = actions[type] ?? "tokenise";
    if (action === "allow" || (allowed.size > 0 && allowed.has(raw.slice(start, end).toLowerCase()))) return false;
    if (action === "block") throw new SynesisError("TEXT_BLOCKED", `(${type})`);
    return true;
  });
}

/**
 * Refuses actions for types that no detector has: a misspelt "block" would block nothing.
 *
 * @throws SynesisError CONFIG_INVALID, naming the types that are written much like it.
 */
export function assertKnownTypes({ actions = {} }: PrivacyPolicy, known: readonly string[]): void {
  const unknown = Object.keys(actions).find((type) => !known.includes(type));
  if (unknown === undefined) return;
  const near = nearest(unknown, known);
  throw new SynesisError("CONFIG_INVALID", `privacy.actions: there is no type ${unknown.slice(0, 80)}.`, {
    next: `${near.length > 0 ? `Did you mean ${near.join(" or ")}? ` : ""}All types: ${[...known].sort().join(", ")}.`,
  });
}

/** The names that share most pairs of letters, neighbours or next but one, with `name`; at most three. */
function nearest(name: string, known: readonly string[]): string[] {
  const pairs = (text: string) =>
    new Set([1, 2].flatMap((gap) => Array.from({ length: text.length }, (_, i) => `${text[i]}${text[i + gap] ?? ""}`)));
  const wanted = pairs(name.toUpperCase());
  const likeness = (other: string) => {
    const theirs = pairs(other);
    return (2 * [...theirs].filter((pair) => wanted.has(pair)).length) / (theirs.size + wanted.size);
  };
  return known
    .map((type) => ({ type, score: likeness(type) }))
    .filter(({ score }) => score >= 0.4)
    .sort((a, b) => b.score - a.score || (a.type < b.type ? -1 : 1))
    .slice(0, 3)
    .map(({ type }) => type);
}

/** A vault that never comes to know the values of masked types. */
export function maskingVault(vault: TokenVault, { actions = {} }: PrivacyPolicy): TokenVault {
  const masked = new Set(Object.keys(actions).filter((type) => actions[type] === "mask"));
  if (masked.size === 0) return vault;
  return { session: (id) => maskingSession(vault.session(id), masked) };
}

function maskingSession(session: TokenSession, masked: ReadonlySet<string>): TokenSession {
  return {
    id: session.id,
    assign: (values) => session.assign(values.map(({ type, value }) => ({ type, value: masked.has(type) ? MASK : value }))),
    valueOf: (type, number) => session.valueOf(type, number),
    reserve: (type, number) => session.reserve(type, number),
  };
}
