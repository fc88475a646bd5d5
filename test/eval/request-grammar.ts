/** Puts requests together from a grammar (requests/grammar.json): harmful ones, and others in the same frames. */

export interface Grammar {
  /** Choices by name, separated by |. */
  readonly lists: Readonly<Record<string, string>>;
  readonly harmful: Readonly<Record<string, Phrases>>;
  readonly harmless: Phrases & { readonly after: string };
  readonly frames: { readonly do: string; readonly make: string; readonly around: string; readonly words: string };
}

/** Acts, texts to make, and whole requests; each holds choices separated by |. */
interface Phrases {
  readonly do?: string;
  readonly make?: string;
  readonly say?: string;
}

export interface LabelledRequest {
  readonly text: string;
  readonly harmful: boolean;
}

type Random = () => number;

/** Of harmless requests: acts, texts to make, whole requests, harmful acts that are spoken of, and words put in at random. */
const HARMLESS_SHARES = [0.25, 0.13, 0.3, 0.07, 0.25];
/** So many say how it is to be done: unseen, at home, … */
const WITH_TAIL = 0.15;

/**
 * @param count of requests, half of them harmful.
 * @param words put into harmless requests at random, so that a word alone says nothing.
 */
export function* requestsOf(grammar: Grammar, count: number, words: readonly string[], random: Random): Generator<LabelledRequest> {
  const lists = Object.fromEntries(Object.entries(grammar.lists).map(([name, choices]) => [name, choices.split("|")]));
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;
  const filled = (phrase: string) => phrase.replace(/\{(\w+)\}/g, (_, name: string) => pick(lists[name] ?? unknown(name)));
  const frames = { do: grammar.frames.do.split("|"), make: grammar.frames.make.split("|"), around: grammar.frames.around.split("|") };
  const asDo = (act: string) =>
    pick(frames.do)
      .replace("{g}", gerund(act))
      .replace("{a}", act)
      .replace("{A}", act.charAt(0).toUpperCase() + act.slice(1));
  const asMake = (text: string) => pick(frames.make).replace("{n}", text);
  const harmful = Object.values(grammar.harmful).map(choicesOf);
  const harmless = choicesOf(grammar.harmless);
  const acts = harmful.flatMap((kind) => kind.do);
  const wordFrames = grammar.frames.words.split("|");
  const everyHarm = harmful.flatMap((kind) => [
    ...kind.do.map((act) => () => withTail(asDo(filled(act)), afterwards.harmful)),
    ...kind.make.map((text) => () => asMake(filled(text))),
    ...kind.say.map((text) => () => filled(text)),
  ]);
  const afterwards = { harmful: lists.afterwards ?? unknown("afterwards"), harmless: split(grammar.harmless.after) };
  const withTail = (text: string, tails: readonly string[]) =>
    random() < WITH_TAIL ? `${text.replace(/[?.,]$/, "")} ${pick(tails)}`.replace(" ,", ",") : text;
  const anyHarmless: readonly (() => string)[] = [
    () => withTail(asDo(filled(pick(harmless.do))), afterwards.harmless),
    () => asMake(filled(pick(harmless.make))),
    () => withTail(filled(pick(harmless.say)), afterwards.harmless),
    () => pick(frames.around).replace("{a}", filled(pick(acts))),
    () => pick(wordFrames).replace(/\{\d\}/g, () => pick(words)),
  ];
  for (let made = 0; made < count; made += 2) {
    yield { text: pick(everyHarm)(), harmful: true };
    yield { text: (anyHarmless[drawn(HARMLESS_SHARES, random)] ?? (() => ""))(), harmful: false };
  }
}

function choicesOf(phrases: Phrases): Required<{ [K in keyof Phrases]: string[] }> {
  const { do: acts = "", make = "", say = "" } = phrases;
  return { do: split(acts), make: split(make), say: split(say) };
}

function split(choices: string): string[] {
  return choices.split("|").filter(Boolean);
}

function drawn(shares: readonly number[], random: Random): number {
  let left = random();
  return shares.findIndex((share) => {
    left -= share;
    return left < 0;
  });
}

/** "make a cake" as "making a cake". */
function gerund(act: string): string {
  const [verb = "", ...rest] = act.split(" ");
  return [ing(verb), ...rest].join(" ");
}

function ing(verb: string): string {
  if (verb.endsWith("ie")) return `${verb.slice(0, -2)}ying`;
  if (/[^eyo]e$/.test(verb)) return `${verb.slice(0, -1)}ing`;
  return /^[^aeiou]*[aeiou][bdgklmnprt]$/.test(verb) ? `${verb}${verb.slice(-1)}ing` : `${verb}ing`;
}

function unknown(name: string): never {
  throw new Error(`the grammar names the list ${name}, which it does not have`);
}
