import { type Ballot, type Brief, redacted } from "../../kernel/index.ts";
import { brokenRule } from "./policy.ts";

/** Screens the question before anything is answered. */
export function screen({ question }: Brief): Ballot {
  const rule = brokenRule(question);
  if (!rule) return { approval: 1, reason: redacted`Nothing speaks against answering.` };
  const reason = redacted`This asks for help with something that could seriously harm people.`;
  return { approval: 0, reason, veto: { rule, reason } };
}
