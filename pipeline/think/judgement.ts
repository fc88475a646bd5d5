import type { Ballot, Brief, Call, Context, Redacted } from "../../kernel/index.ts";
import schema from "./prompts/judgement.schema.json" with { type: "json" };
import { shownTo } from "./shown-to.ts";
import { think } from "./think.ts";

/** A model's approval below this comes with an objection. */
const OBJECTS_BELOW = 0.5;

/** The least approval that needs no excuse. */
const CONTENT = 0.7;

/** How a model's approval and that of the rules become one. */
export type Combine = (byRules: number, byModel: number) => number;

/** The model's judgement can take from what the rules found, and never add to it. */
export const lower: Combine = Math.min;

/** Rules see words and a model sees sense: each counts half. */
export const mean: Combine = (byRules, byModel) => (byRules + byModel) / 2;

/**
 * Judges a draft with the model, and puts that together with the ballot of the rules. What the rules object to stays.
 *
 * @param task the agent's prompt
 */
export async function judgeWithModel(
  context: Context,
  agent: string,
  task: Redacted,
  combine: Combine,
  [ballot, brief, call]: readonly [Ballot, Brief, Call],
): Promise<Ballot> {
  const inquiry = { agent, task, schema: () => schema, read: (value: unknown) => value as { reason: string; approval: number } };
  const judged = await think(context.service("generator"), brief, inquiry, call);
  const said = await context.redactWritten(judged.reason.trim(), shownTo(brief), brief.session, call);
  const approval = combine(ballot.approval, judged.approval);
  const doubted = judged.approval < CONTENT && said !== "";
  const objections = [...(ballot.objections ?? []), ...(judged.approval < OBJECTS_BELOW && said ? [said] : [])];
  return { ...ballot, approval, reason: doubted ? said : ballot.reason, ...(objections.length > 0 ? { objections } : {}) };
}
