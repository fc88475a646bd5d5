import dangersFile from "./dangers.json" with { type: "json" };
import type { Finding, Trial } from "./finding.ts";

interface Danger {
  readonly name: string;
  /** warn: the answer is shown with a warning; veto: not unless the question speaks of such a thing. */
  readonly severity: string;
  readonly pattern: RegExp;
  /** What the command does, after "it". */
  readonly reason: string;
  readonly asked?: RegExp;
}

const MOST_SHOWN = 80;

let compiled: readonly Danger[] | undefined; // when an answer is first looked at: commands that answer nothing need not wait

/** The dangerous commands and code in an answer. */
export function dangers({ answer, question }: Pick<Trial, "answer" | "question">): Finding[] {
  compiled ??= dangersFile.dangers.map(({ pattern, asked, ...rest }) => ({
    ...rest,
    pattern: new RegExp(pattern, "im"),
    ...(asked === undefined ? {} : { asked: new RegExp(asked, "i") }),
  }));
  return compiled.flatMap(({ name, severity, pattern, reason, asked }) => {
    const found = pattern.exec(answer)?.[0].trim().slice(0, MOST_SHOWN);
    if (found === undefined) return [];
    const warning = { text: `Think before you run “${found}”: it ${reason}.` };
    if (severity !== "veto" || asked?.test(question.text)) return [{ warning }];
    const veto = { rule: name, reason: `The sources answer with “${found}”, which ${reason}, and you did not ask for that.` };
    return [{ warning, veto }];
  });
}
