import { asksFor, dangersIn } from "../../../pipeline/text/dangers.ts";
import type { Finding, Trial } from "./finding.ts";

/** The dangerous commands and code in an answer: each is warned of; what destroys is vetoed unless the question speaks of such a thing. */
export function dangers({ answer, question }: Pick<Trial, "answer" | "question">): Finding[] {
  return dangersIn(answer).map((danger) => {
    const { name, destroys, reason, found } = danger;
    const warning = { text: `Think before you run “${found}”: it ${reason}.` };
    if (!destroys || asksFor(question.text, danger)) return { warning };
    const veto = { rule: name, reason: `The sources answer with “${found}”, which ${reason}, and you did not ask for that.` };
    return { warning, veto };
  });
}
