import dangersFile from "./dangers.json" with { type: "json" };

/** A command or a piece of code that does harm where it is run. */
export interface Danger {
  readonly name: string;
  /** Whether it destroys so much that no answer should hold it unasked. */
  readonly destroys: boolean;
  /** What the command does, after "it". */
  readonly reason: string;
  /** As it stands in the text. */
  readonly found: string;
}

interface Rule extends Omit<Danger, "found"> {
  readonly pattern: RegExp;
  readonly asked?: RegExp;
}

const MOST_SHOWN = 80;

let compiled: readonly Rule[] | undefined; // when a text is first looked at: commands that answer nothing need not wait

/** The dangerous commands and code in a text; the first of each kind. */
export function dangersIn(text: string): Danger[] {
  return rules().flatMap(({ name, destroys, reason, pattern }) => {
    const found = pattern.exec(text)?.[0].trim().slice(0, MOST_SHOWN);
    return found === undefined ? [] : [{ name, destroys, reason, found }];
  });
}

/** Whether a question speaks of such a thing. */
export function asksFor(question: string, { name }: Danger): boolean {
  return rules().some((rule) => rule.name === name && rule.asked?.test(question));
}

/** Whether a text holds a command that destroys a whole system or disk, of which the question does not speak. */
export function destroysUnasked(text: string, question: string): boolean {
  return rules().some(({ destroys, pattern, asked }) => destroys && pattern.test(text) && !asked?.test(question));
}

function rules(): readonly Rule[] {
  compiled ??= dangersFile.dangers.map(({ name, severity, pattern, reason, asked }) => ({
    name,
    destroys: severity === "veto",
    reason,
    pattern: new RegExp(pattern, "im"),
    ...(asked === undefined ? {} : { asked: new RegExp(asked, "i") }),
  }));
  return compiled;
}
