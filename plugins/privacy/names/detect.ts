/** Finds names of people, places and organisations, addresses and groups with the tagger that lies in model/. */
import type { Span } from "../../../kernel/index.ts";
import { hashWord, mayHold } from "./bloom.ts";
import { consistent } from "./consistent.ts";
import { addDisguisedNames } from "./disguised-names.ts";
import { KnownNames } from "./known-names.ts";
import { LABELS, tag } from "./tagger.ts";
import { LISTS, type ListName, type Lists, type Word, wordsOf } from "./words.ts";

/** The kinds of token that the tagger asks for. */
export const NAME_TYPES: readonly string[] = LABELS.slice(1);

interface Model {
  readonly weights: Int8Array;
  readonly lists: Lists;
}

/** Characters that are tagged at once; longer texts are cut at white space, so that memory stays small. */
const PIECE = 20_000;
const PRIORITY = 15;
/** A piece without any has no name in it: a table of numbers, or what would only cost time. */
const WORD = /\p{L}{2}/u;
/** Behind disguises names are looked for where there is such a word: reading a text twice takes twice as long. */
const CAPITALISED = /\p{Lu}\p{Ll}/u;

let loading: Promise<Model> | undefined;

export interface NameDetector {
  /** @param known people that were found before; those of this text are added, and found wherever they stand. */
  (text: string, known?: KnownNames): Span[];
  /** Nobody is known at first. */
  newKnownNames(): KnownNames;
}

/** The detector; its model is read at the first call. */
export async function loadNameDetector(): Promise<NameDetector> {
  loading ??= load();
  const model = await loading;
  const isIn = (list: ListName, word: string) => mayHold(model.lists[list], hashWord(word));
  const lists = { isCommon: (word: string) => isIn("common", word), isName: (word: string) => isIn("first", word) || isIn("last", word) };
  const newKnownNames = () => new KnownNames(lists);
  const inPlain = (text: string, known: KnownNames) => {
    const spans = pieces(text).flatMap(([start, end]) => {
      const piece = text.slice(start, end);
      return WORD.test(piece) ? detect(piece, model).map((span) => moved(span, start)) : [];
    });
    for (const { type, start, end } of spans) if (type === "PERSON") known.add(text.slice(start, end));
    return [...spans, ...besides(spans, known.in(text))];
  };
  const find = (text: string, known = newKnownNames()) => {
    const spans = inPlain(text, known);
    addDisguisedNames(text, (plain) => (CAPITALISED.test(plain) ? inPlain(plain, known) : known.in(plain)), spans);
    return spans;
  };
  return Object.assign(find, { newKnownNames });
}

/** Those of `others` that begin where none of `spans` does. */
function besides(spans: readonly Span[], others: readonly Span[]): Span[] {
  const starts = new Set(spans.map(({ start }) => start));
  return others.filter(({ start }) => !starts.has(start));
}

async function load(): Promise<Model> {
  const { default: json } = await import("./model/names.json", { with: { type: "json" } });
  const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, "base64"));
  const lists = Object.fromEntries(LISTS.map((name) => [name, bytes(json.lists[name])])) as unknown as Lists;
  return { weights: new Int8Array(bytes(json.weights).buffer), lists };
}

function detect(text: string, { weights, lists }: Model): Span[] {
  const words = wordsOf(text, lists);
  return joined(text, words, consistent(words, tag(words, weights)));
}

/** Neighbouring words with one label become one span; the signs at its ends do not belong to it. */
function joined(text: string, words: readonly Word[], labels: Uint8Array): Span[] {
  const spans: Span[] = [];
  for (let i = 0; i < words.length; ) {
    const label = labels[i] as number;
    let last = i;
    while (last + 1 < words.length && labels[last + 1] === label && goesOn(text, words, last, label)) last++;
    if (label !== 0) {
      const span = trimmed(text, (words[i] as Word).start, (words[last] as Word).end);
      if (span && isPlausible(text.slice(span.start, span.end), label))
        addName(text, spans, {
          ...(LABELS[label] === "ADDRESS" ? fromNumber(text, span) : span),
          type: LABELS[label] as string,
          priority: PRIORITY,
        });
    }
    i = last + 1;
  }
  return spans;
}

/** Whether there is more of it than letters or numbers alone. */
function isPlausible(found: string, label: number): boolean {
  return LABELS[label] === "ADDRESS"
    ? /\p{L}{3}|\p{L}.*\d|\d.*\p{L}{2}/su.test(found)
    : WORD.test(found) || /^(?:\p{L}\.)+\p{L}$/u.test(found);
}

/** A number, with or without a street, directly before an address. */
const NUMBER_BEFORE = /(?<![\p{L}\p{N}.,-])\d{1,5} (?:\p{Lu}[\p{L}\p{M}'’.-]{2,20} ){0,2}(?:\d{1,4} )?$/u;
const LONGEST_BEFORE = 60;

/** The address from its first number on: a name that could be anything often hides the beginning. */
function fromNumber(text: string, { start, end }: { readonly start: number; readonly end: number }) {
  const before = text.slice(Math.max(0, start - LONGEST_BEFORE), start);
  const found = before.endsWith(" ") ? NUMBER_BEFORE.exec(before) : null;
  return { start: start - (found?.[0].length ?? 0), end };
}

const WHOLE = new Set(["PERSON", "LOCATION", "ORGANIZATION"]);

/** Two names with one space between are one: of what the last word says, as in "Kroll Bond | Ratings Agency". */
function addName(text: string, spans: Span[], span: Span): void {
  const before = spans.at(-1);
  if (before && WHOLE.has(before.type) && WHOLE.has(span.type) && text.slice(before.end, span.start) === " ") {
    spans[spans.length - 1] = { ...span, start: before.start };
  } else spans.push(span);
}

/** Whether what stands behind word `i` may belong to the same entity; only addresses run over lines. */
function goesOn(text: string, words: readonly Word[], i: number, label: number): boolean {
  const next = words[i + 1] as Word;
  if (LABELS[label] === "ADDRESS") return true;
  return text[next.start] !== "\n" && text[(words[i] as Word).start] !== "\n";
}

function trimmed(text: string, from: number, to: number): { start: number; end: number } | undefined {
  const inner = /[\p{L}\p{N}](?:.*[\p{L}\p{N}])?/su.exec(text.slice(from, to));
  return inner ? { start: from + inner.index, end: from + inner.index + inner[0].length } : undefined;
}

function moved(span: Span, by: number): Span {
  return { ...span, start: span.start + by, end: span.end + by };
}

function pieces(text: string): [start: number, end: number][] {
  const ranges: [number, number][] = [];
  for (let start = 0; start < text.length; ) {
    let end = Math.min(text.length, start + PIECE);
    if (end < text.length) {
      const space = Math.max(text.lastIndexOf("\n", end), text.lastIndexOf(" ", end));
      if (space > start + PIECE / 2) end = space;
    }
    ranges.push([start, end]);
    start = end;
  }
  return ranges;
}
