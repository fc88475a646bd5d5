/** Whether a name that a question leaves short is that of several people or things in the passages. */
import type { Passage } from "../../kernel/index.ts";
import { STOP_WORDS } from "../../pipeline/text/terms.ts";

/** More senses than this are not told apart: then the name is a common word. */
const MOST = 4;

/** So many names of a question are looked for, in so much of each passage, in characters. */
const NAMES = 3;
const READ = 4000;
/** So much, in characters, is read before and behind a name. */
const LONGEST = 40;

/** Words that stand before a name without being part of it. */
const TITLES = new Set(
  "mr mrs ms dr sir lord lady saint st king queen prince princess duke duchess emperor pope president professor prof general captain colonel uncle aunt new old north south east west northern southern eastern western upper lower great big january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday".split(
    " ",
  ),
);

/** A name that stands alone, not first in its sentence. */
const SINGLE_NAME = /(?<!\p{Lu}[\p{L}'’.-]{0,30}\s)(?<![.!?]\s|^)(\p{Lu}\p{L}{2,30})(?!\p{L}|['’]?\s+\p{Lu}|\s*\()/gu;

/**
 * What a single name of the question is short for, where passages of different documents write it out differently: "Anna
 * Miller" and "Tom Miller", or "Mercury (planet)" and "Mercury (element)". Empty where it is clear, or the question says which.
 */
export function sensesOf(question: string, passages: readonly Passage<string>[]): string[] {
  const written = question.slice(0, READ).matchAll(SINGLE_NAME);
  const names = [...new Set(Array.from(written, ([, name = ""]) => name))];
  for (const name of names.slice(0, NAMES)) {
    const senses = sensesOfName(name, passages).filter((sense) => !question.includes(sense));
    if (senses.length > 1 && senses.length <= MOST) return senses;
  }
  return [];
}

function sensesOfName(name: string, passages: readonly Passage<string>[]): string[] {
  const documents = new Map<string, Set<string>>();
  for (const { path, title, heading, text } of passages)
    for (const sense of fullNames(name, `${title}. ${heading}. ${text.slice(0, READ)}`))
      documents.set(sense, (documents.get(sense) ?? new Set()).add(path));
  const senses = [...documents.keys()];
  const apart = new Set([...documents.values()].map((paths) => [...paths].join("\n")));
  return apart.size > 1 && [...documents.values()].every(({ size }) => size === 1) ? senses : [];
}

/** The name with the one before it, or with what stands behind it in brackets, wherever it is so written. */
function* fullNames(name: string, text: string): Generator<string> {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const behind = text.slice(at + name.length, at + name.length + LONGEST);
    if (/^\p{L}/u.test(behind) || /^ \p{Lu}/u.test(behind)) continue;
    const [bracket] = /^ \(\p{L}[\p{L} ]{1,30}\)/u.exec(behind) ?? [];
    const [, first = ""] =
      /(?<![\p{L}’'-]|\p{Lu}[\p{L}.’'-]{0,20} )(\p{Lu}\p{Ll}+) $/u.exec(text.slice(Math.max(0, at - LONGEST), at)) ?? [];
    if (bracket) yield name + bracket;
    else if (first && !TITLES.has(first.toLowerCase()) && !STOP_WORDS.has(first.toLowerCase())) yield `${first} ${name}`;
  }
}
