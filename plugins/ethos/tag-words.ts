/**
 * Writes before each word of a text the lists to which it belongs: "kill my neighbour" becomes
 * "<harm>kill my <person,holder>neighbour". A phrase (hyphenated in its list) is marked at its first word.
 *
 * Patterns then name lists, and stay small: regular expressions over the lists' words took a second to compile.
 */
export function tagger(lists: Readonly<Record<string, string>>): (text: string) => string {
  const listsOf = new Map<string, string[]>();
  let longest = 1;
  for (const [name, words] of Object.entries(lists))
    for (const word of words.split(" ")) {
      listsOf.set(word, [...(listsOf.get(word) ?? []), name]);
      longest = Math.max(longest, word.split("-").length);
    }
  return (text) => {
    const read = text.split(" ");
    return read.map((word, at) => tagged(word, namesAt(read, at, longest, listsOf))).join(" ");
  };
}

function tagged(word: string, names: ReadonlySet<string>): string {
  return names.size === 0 ? word : `<${[...names].join(",")}>${word}`;
}

function namesAt(read: readonly string[], at: number, longest: number, listsOf: ReadonlyMap<string, readonly string[]>): Set<string> {
  const names = new Set<string>();
  const firsts = baseForms(read[at] ?? "");
  for (let length = 1; length <= longest && at + length <= read.length; length++) {
    const middle = read.slice(at + 1, at + length - 1);
    const lasts = length > 1 ? baseForms(read[at + length - 1] ?? "") : [""];
    for (const first of firsts)
      for (const last of lasts)
        for (const name of listsOf.get([first, ...middle, ...(length > 1 ? [last] : [])].join("-")) ?? []) names.add(name);
  }
  return names;
}

/** A word and the forms of which it may be an inflection. */
function baseForms(word: string): string[] {
  const bare = word.replace(/'s?$/, "");
  const forms = [word, bare];
  const stem = /^(.{2,})(?:ing|ed|ers?|es)$/.exec(bare)?.[1];
  if (stem) forms.push(stem, `${stem}e`, ...(/(.)\1$/.test(stem) ? [stem.slice(0, -1)] : []));
  if (/[^s]s$/.test(bare)) forms.push(bare.slice(0, -1));
  if (/ie(?:s|d)$/.test(bare)) forms.push(`${bare.slice(0, -3)}y`);
  return [...new Set(forms)];
}
