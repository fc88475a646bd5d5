/** What a cloud model would be sent: the one place where it is put together, and where it becomes bytes. */
import type { EscalationBrief, Passage, Redacted } from "../kernel/index.ts";
import type { NeverCloud } from "./never-cloud.ts";

export interface EscalationParts {
  readonly requestId: string;
  readonly question: Redacted;
  readonly passages: readonly Passage[];
  readonly model: string;
  readonly neverCloud: Pick<NeverCloud, "withholds">;
}

/** The brief, and the passages that stay here because the user said so. Paths and titles are never part of it. */
export function escalationBrief({ requestId, question, passages, model, neverCloud }: EscalationParts): {
  readonly brief: EscalationBrief;
  readonly withheld: readonly Passage[];
} {
  const withheld = passages.filter(({ path }) => neverCloud.withholds(path));
  const leaving = passages.filter((passage) => !withheld.includes(passage));
  return { brief: { requestId, question, passages: leaving.map(({ heading, text }) => ({ heading, text })), model }, withheld };
}

/** The body of the request, as UTF-8 text: JSON with a fixed order of keys, so that equal briefs give equal bytes. */
export function escalationBody({ requestId, model, question, passages }: EscalationBrief): string {
  return JSON.stringify({ requestId, model, question, passages: passages.map(({ heading, text }) => ({ heading, text })) });
}
