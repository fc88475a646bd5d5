import { type Ballot, type Brief, redacted } from "../../kernel/index.ts";
import type { Policy } from "./policy.ts";
import { reasonOf } from "./reasons.ts";

/** Screens the question before anything is answered. */
export function screen({ question }: Brief, policy: Policy): Ballot {
  const broken = policy(question);
  if (!broken) return { approval: 1, reason: redacted`Nothing speaks against answering.` };
  const reason = reasonOf(broken);
  return { approval: 0, reason: reason, veto: { rule: broken, reason } };
}
