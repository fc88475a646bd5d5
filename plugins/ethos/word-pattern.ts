/**
 * A pattern of the policy. Most questions have no word of those that it needs, and no expression is made for them: making
 * all of them takes longer than all else that Ethos does.
 */
export class WordPattern {
  readonly #source: string;
  readonly #needs: readonly Need[];
  #expression: RegExp | undefined;

  /** @param source of an expression over tagged words. */
  constructor(source: string, needs: readonly Need[]) {
    this.#source = source;
    this.#needs = needs;
  }

  /** @param said what `saidIn` gives for the text. */
  holds(text: string, said: ReadonlySet<string>): boolean {
    if (!this.#needs.every((need) => need.some((one) => said.has(one)))) return false;
    this.#expression ??= new RegExp(this.#source);
    return this.#expression.test(text);
  }
}

/** Words, and lists in braces, one of which a text must have. */
type Need = readonly string[];

/** The words of a tagged text, and, in braces, the lists to which they belong. */
export function saidIn(tagged: string): Set<string> {
  const said = new Set<string>();
  for (const [, lists = "", word = ""] of tagged.matchAll(/(?:<([^> ]+)>)?([^ ]+)/g)) {
    said.add(word);
    for (const list of lists.split(",").filter(Boolean)) said.add(`{${list}}`);
  }
  return said;
}

/** What no match of a pattern can do without: its words, lists and choices of words. Anything less plain is passed over. */
export function neededBy(pattern: string): Need[] {
  const parts = partsOf(pattern.replace(/^\^|\$$/g, ""));
  if (parts.some((part) => /^[^({]*\|/.test(part))) return []; // a choice between whole patterns
  return parts.flatMap((part): Need[] => {
    if (/^[\p{L}\p{N}'-]+$/u.test(part)) return [[part]];
    const [, lists] = /^\{([a-z|]+)\}$/.exec(part) ?? [];
    if (lists !== undefined) return [lists.split("|").map((list) => `{${list}}`)];
    const [, words] = /^\(([\p{L}\p{N}' |-]+)\)$/u.exec(part) ?? [];
    return words === undefined ? [] : [words.split("|").map((choice) => choice.trim().split(" ")[0] ?? "")];
  });
}

/** The parts between spaces that stand outside brackets. */
function partsOf(pattern: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = "";
  for (const letter of pattern.trim()) {
    if (letter === " " && depth === 0) {
      parts.push(part);
      part = "";
      continue;
    }
    if (letter === "(") depth++;
    if (letter === ")") depth--;
    part += letter;
  }
  return [...parts, part].filter((one) => one !== "" && one !== "~");
}
