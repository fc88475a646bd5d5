/**
 * Trains the tagger (averaged perceptron) on generated texts and writes model/names.json.
 *
 *     node plugins/privacy/names/train/train.ts LEXICONS.json [PACKAGES] [TEXTS] [EPOCHS]
 *
 * PACKAGES is a folder of npm packages whose code and documentation show what names are not.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { buildBloom } from "../bloom.ts";
import { best, FEATURES, featuresOf, LABEL_COUNT, ROWS, tag } from "../tagger.ts";
import { LISTS, type Lists, SHAPE, type Word, wordsOf } from "../words.ts";
import { Generator, type Labelled, type Lexicons } from "./generate.ts";
import * as lists from "./lists.ts";
import { technicalTexts } from "./technical.ts";

/** Bits a word in the filters. */
const BLOOM_BITS = 9;
/** Share of texts in which names are not found in the lists, so that context has to tell. */
const UNLISTED = 0.3;
/** By how much the right label has to lead before nothing is learnt from a word; more where a word is no name. */
const MARGIN = { name: 80, none: 104 };

interface Example {
  readonly words: readonly Word[];
  readonly labels: Uint8Array;
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}

function parts(entries: readonly string[]): Set<string> {
  return new Set(
    entries
      .flatMap((entry) => entry.toLowerCase().match(/\p{L}[\p{L}\p{M}]*(?:['’-]\p{L}[\p{L}\p{M}]*)*/gu) ?? [])
      .filter((word) => word.length > 1),
  );
}

function buildLists(lexicons: Lexicons): Lists {
  const common = new Set(lexicons.common);
  const rare = (words: Set<string>) => new Set([...words].filter((word) => !SMALL_WORDS.has(word)));
  const sets = {
    first: rare(parts(lexicons.first)),
    last: rare(parts(lexicons.last)),
    place: rare(parts([...lexicons.city, ...lexicons.town])),
    common: new Set([...common, ...SMALL_WORDS]),
    street: parts([...lists.STREET_ENDS, ...lists.STREET_STARTS, ...lists.STREET_AFTER, ...lists.UNITS]),
    company: parts([...lists.COMPANIES, ...lists.COMPANY_ENDS, ...lists.COMPANY_NOUNS]),
    country: rare(parts(lexicons.country)),
    group: parts(lists.NATIONALITIES),
    job: parts([...lists.OCCUPATIONS, ...lists.FORMS_OF_ADDRESS]),
  };
  return Object.fromEntries(
    LISTS.map((name) => [name, buildBloom(sets[name], Math.max(64, Math.ceil((sets[name].size * BLOOM_BITS) / 8)))]),
  ) as unknown as Lists;
}

const SMALL_WORDS = new Set(
  "the of and to in is was for on that with as it at by from are this be or which an not you your my his her their our we he she they i me him us them de la le les el los las von van der den di da do dos das del am im an der die das und und et y e o a al il san st saint new north south east west upper lower great little big".split(
    " ",
  ),
);

function example(text: Labelled, lists: Lists, random: () => number): Example {
  const words = wordsOf(text.text, lists);
  const hidden = random() < UNLISTED;
  const labels = Uint8Array.from(words, ({ start, end }) => text.spans.find((span) => start < span.end && end > span.start)?.label ?? 0);
  // The bits of first names, family names and places go; what says that a word is ordinary stays.
  if (hidden) for (const [i, word] of words.entries()) if (labels[i] !== 0 && random() < 0.7) word.lists &= ~0b111;
  return { words, labels };
}

class Perceptron {
  readonly weights = new Float32Array(ROWS * LABEL_COUNT);
  readonly #totals = new Float32Array(ROWS * LABEL_COUNT);
  readonly #rows = new Int32Array(FEATURES);
  readonly #scores = new Float32Array(LABEL_COUNT);
  #step = 1;

  learn({ words, labels }: Example): number {
    const cased = words.some(({ shape }) => shape === SHAPE.capital) ? 1 : 0;
    const guesses = new Uint8Array(words.length);
    let wrong = 0;
    for (let i = 0; i < words.length; i++) {
      if (words[i]?.shape === SHAPE.line) {
        guesses[i] = guesses[i - 1] ?? 0;
        continue;
      }
      featuresOf(words, i, guesses[i - 1] ?? 0, guesses[i - 2] ?? 0, cased, this.#rows);
      const guess = best(this.#rows, this.weights, this.#scores);
      const label = labels[i] as number;
      if (guess !== label) wrong++;
      const rival = guess === label ? this.#second(label) : guess;
      const bar = label === 0 ? MARGIN.none : MARGIN.name;
      if ((this.#scores[label] as number) - (this.#scores[rival] as number) <= bar) {
        this.#move(label, 1);
        this.#move(rival, -1);
      }
      guesses[i] = guess;
      this.#step++;
    }
    return wrong;
  }

  /** The label with the highest score but `first`. */
  #second(first: number): number {
    let second = first === 0 ? 1 : 0;
    for (let label = 0; label < LABEL_COUNT; label++)
      if (label !== first && (this.#scores[label] as number) > (this.#scores[second] as number)) second = label;
    return second;
  }

  #move(label: number, by: number): void {
    for (const row of this.#rows) {
      const at = row * LABEL_COUNT + label;
      this.weights[at] = (this.weights[at] as number) + by;
      this.#totals[at] = (this.#totals[at] as number) + by * this.#step;
    }
  }

  averaged(): Float32Array {
    return this.weights.map((weight, at) => weight - (this.#totals[at] as number) / this.#step);
  }
}

function quantised(weights: Float32Array): Int8Array {
  const sorted = Float32Array.from(weights, Math.abs).sort();
  const top = sorted[Math.floor(sorted.length * 0.9998)] as number;
  return Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round((weight / top) * 127))));
}

const [file = "lexicons.json", packages = "node_modules", texts = "60000", epochs = "6"] = process.argv.slice(2);
const lexicons: Lexicons = {
  ...(JSON.parse(readFileSync(file, "utf8")) as Omit<Lexicons, "technical">),
  technical: technicalTexts(packages),
};
const random = seeded(11);
const filters = buildLists(lexicons);
const generator = new Generator(lexicons, random);
const perceptron = new Perceptron();
const held = Array.from({ length: 2_000 }, () => example(generator.text(), filters, random));
for (let epoch = 0; epoch < Number(epochs); epoch++) {
  let wrong = 0;
  let count = 0;
  for (let i = 0; i < Number(texts); i++) {
    const made = example(generator.text(), filters, random); // never the same text twice
    count += made.words.length;
    wrong += perceptron.learn(made);
  }
  process.stdout.write(`epoch ${epoch + 1}: ${((100 * wrong) / count).toFixed(2)}% of words wrong\n`);
}
const weights = quantised(perceptron.averaged());
let right = 0;
let all = 0;
for (const { words, labels } of held) {
  const guesses = tag(words, weights);
  for (const [i, label] of labels.entries()) {
    all++;
    if (guesses[i] === label) right++;
  }
}
process.stdout.write(`held out: ${((100 * (all - right)) / all).toFixed(2)}% of words wrong\n`);
const base64 = (bytes: Uint8Array | Int8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
const model = { weights: base64(weights), lists: Object.fromEntries(LISTS.map((name) => [name, base64(filters[name])])) };
const out = new URL("../model/names.json", import.meta.url);
writeFileSync(out, `${JSON.stringify(model)}\n`);
process.stdout.write(`model: ${JSON.stringify(model).length} bytes\n`);
