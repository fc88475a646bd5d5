/** What a model elsewhere would be sent: the one place where it is put together. */
import {
  type CloudItem,
  type EscalationBrief,
  type Exchange,
  findTokens,
  formatToken,
  joinRedacted,
  type Passage,
  type Redacted,
  redacted,
} from "../../kernel/index.ts";
import type { Deliberation } from "../council.ts";
import type { NeverCloud } from "../never-cloud.ts";

/** What the user keeps from the cloud. */
export type Withholding = Pick<NeverCloud, "withholds" | "isEmpty">;

export interface EscalationParts {
  readonly requestId: string;
  readonly question: Redacted;
  readonly passages: readonly Passage[];
  readonly model: string;
  readonly maxTokens: number;
  readonly neverCloud: Withholding;
  readonly project?: CloudItem | undefined;
  readonly adapter?: CloudItem | undefined;
  readonly shared?: boolean | undefined;
  readonly history?: readonly Exchange[];
  /** How the council got to where it stands; absent where it was not asked. */
  readonly record?: Deliberation["record"];
}

export interface PreparedBrief {
  readonly brief: EscalationBrief;
  /** The passages that leave, in the brief's order. */
  readonly leaving: readonly Passage[];
  /** Those that stay here because the user said so. */
  readonly withheld: readonly Passage[];
}

/**
 * Paths and titles are never part of a brief. What earlier answers and Ethos's objections say may come from any document:
 * they stay here where the user keeps documents back.
 */
export function escalationBrief(parts: EscalationParts): PreparedBrief {
  const { requestId, question, passages, model, maxTokens, neverCloud, project, adapter, shared, history = [], record = [] } = parts;
  const withheld = passages.filter(({ path }) => neverCloud.withholds(path));
  const leaving = passages.filter((passage) => !withheld.includes(passage));
  const said = neverCloud.isEmpty ? history : [];
  const heeded = withheld.length === 0 ? objectionsOf(record) : [];
  const framing = withheld.length === 0 ? framingOf(question, record) : undefined;
  return {
    brief: {
      requestId,
      question,
      passages: leaving.map(({ heading, text }) => ({ heading, text })),
      model,
      maxTokens,
      ...(framing === undefined ? {} : { framing }),
      ...(said.length > 0 && { history: said }),
      ...(heeded.length > 0 && { constraints: heeded }),
      ...(project && { project }),
      ...(adapter && { adapter }),
      ...(shared && { shared }),
    },
    leaving,
    withheld,
  };
}

/** Every text of a brief in which a token may stand that a model may use again. */
export function textsOf({ question, passages, framing, history = [], constraints = [] }: EscalationBrief): Redacted[] {
  return [
    question,
    ...passages.flatMap(({ heading, text }) => [heading, text]),
    ...(framing === undefined ? [] : [framing]),
    ...history.flatMap((said) => [said.question, said.answer]),
    ...constraints,
  ];
}

/** What Pathos may find, in the program's own words: agents by others may write anything there. */
const LOOKED_FOR = {
  person: redacted`It asks for a person.`,
  place: redacted`It asks for a place.`,
  date: redacted`It asks for a date.`,
  number: redacted`It asks for a number.`,
  reason: redacted`It asks for a reason.`,
  steps: redacted`It asks for steps to take.`,
  "yes-no": redacted`It asks for yes or no.`,
  anything: undefined,
};

function framingOf(question: Redacted, record: Deliberation["record"]): Redacted | undefined {
  const { expects, reframed } = record.findLast((round) => round.framing)?.framing ?? {};
  // A rewording by rules takes values apart; what is left of them helps nobody elsewhere.
  const asked = new Set(findTokens(question).map(({ type, number }) => formatToken(type, number)));
  const plain = reframed !== undefined && findTokens(reframed).every(({ type, number }) => asked.has(formatToken(type, number)));
  const parts = [(expects && LOOKED_FOR[expects]) ?? [], plain ? redacted`In other words: ${reframed}` : []].flat();
  return parts.length > 0 ? joinRedacted(parts, " ") : undefined;
}

/** Objections to drafts that the council did not agree on, each once. */
function objectionsOf(record: Deliberation["record"]): Redacted[] {
  const votes = record.flatMap(({ judged }) => judged?.votes ?? []);
  return [...new Set(votes.filter(({ agent }) => agent === "ethos").flatMap(({ objections = [] }) => objections))];
}
