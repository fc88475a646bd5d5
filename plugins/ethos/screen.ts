import type { Ballot, Brief, Passage, Warning } from "../../kernel/index.ts";
import { findInstructions } from "../../pipeline/text/instructions.ts";
import type { Policy } from "./policy.ts";
import { reasonOf } from "./reasons.ts";

/** How much of a hidden instruction is shown, in characters. */
const SHOWN = 160;

/** Screens the question before anything is answered, and reports what the passages try to have done. */
export function screen({ question, passages }: Brief<string>, policy: Policy): Ballot<string> {
  const broken = policy(question);
  if (broken) {
    const reason = reasonOf(broken);
    return { approval: 0, reason, veto: { rule: broken.rule, reason } };
  }
  const warnings = passages.flatMap((passage, at) => hiddenInstructions(passage, at));
  if (warnings.length === 0) return { approval: 1, reason: "Nothing speaks against answering." };
  return { approval: 1, reason: "A source holds instructions; they are not followed.", warnings };
}

function hiddenInstructions({ text }: Passage<string>, passage: number): Warning<string>[] {
  return findInstructions(text).map(({ start, end }) => ({
    text: "A source holds text that reads like an instruction to the assistant; it was not followed.",
    quotes: [{ passage, start, end: Math.min(end, start + SHOWN) }],
  }));
}
