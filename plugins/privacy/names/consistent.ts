/** What a text itself says of a word: `Enum` that is plainly no name six times is none the seventh time, nor is what is called. */
import { hashWord } from "./bloom.ts";
import { LABELS } from "./tagger.ts";
import { SHAPE, type Word } from "./words.ts";

/** Below so many places nothing follows from the others. */
const MIN_PLACES = 3;
/** Entities that may be one word; addresses are told by what they are made of. */
const CHECKED = ["PERSON", "LOCATION", "ORGANIZATION"].map((label) => LABELS.indexOf(label as (typeof LABELS)[number]));
const IN_LISTS = 0b111;
const COMMON = 1 << 3;

interface Places {
  all: number;
  named: number;
  small: number;
}

/** The labels without those of single words that the text itself uses otherwise; `labels` is changed. */
export function consistent(words: readonly Word[], labels: Uint8Array): Uint8Array {
  const places = placesOf(words, labels);
  for (const [i, word] of words.entries()) {
    const label = labels[i] as number;
    if (!CHECKED.includes(label) || labels[i - 1] === label || labels[i + 1] === label) continue;
    const { all, named, small } = places.get(word.hash) ?? { all: 0, named: 0, small: 0 };
    const mostlyNot = all >= MIN_PLACES && named * 2 < all;
    const isWord = word.shape !== SHAPE.small && small > 0 && ((word.lists & IN_LISTS) === 0 || (word.lists & COMMON) !== 0);
    if (mostlyNot || isWord || isCode(words, i)) labels[i] = 0;
  }
  return labels;
}

const [BRACKET, DOT] = [hashWord("("), hashWord(".")];

/** Whether word `i` is called, `Errorf(`, or a member, `session.Close`. */
function isCode(words: readonly Word[], i: number): boolean {
  const { glue } = words[i] as Word;
  const [before2, before, after] = [words[i - 2], words[i - 1], words[i + 1]];
  if ((glue & 2) !== 0 && after?.hash === BRACKET) return true;
  const isMember = (glue & 1) !== 0 && before?.hash === DOT && (before.glue & 1) !== 0;
  return isMember && (before2?.shape === SHAPE.small || before2?.shape === SHAPE.identifier);
}

function placesOf(words: readonly Word[], labels: Uint8Array): Map<number, Places> {
  const places = new Map<number, Places>();
  for (const [i, { hash, shape }] of words.entries())
    if (labels[i] !== 0 && !places.has(hash) && shape !== SHAPE.line) places.set(hash, { all: 0, named: 0, small: 0 });
  if (places.size === 0) return places;
  for (const [i, { hash, shape }] of words.entries()) {
    const count = places.get(hash);
    if (count === undefined) continue;
    count.all++;
    if (labels[i] !== 0) count.named++;
    else if (shape === SHAPE.small) count.small++;
  }
  return places;
}
