/**
 * `npm run fit:requests -- --data DIR`: fits how much a question resembles a request for harm (plugins/ethos/likeness.json).
 *
 * Harmful requests, and most of the others, are put together from a grammar. Ordinary text besides: questions about every
 * second article of `DIR/reading` and sentences of these, every second of `DIR/safety/harmless.jsonl`, titles of
 * `DIR/retrieval/cranfield`; the other halves stay unseen. Seeded: the same data gives the same weights.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { splitSentences } from "../../pipeline/text/sentences.ts";
import { featuresOf, type LikenessModel, wordsOf } from "../../plugins/ethos/likeness.ts";
import policyFile from "../../plugins/ethos/policy.json" with { type: "json" };
import { plainWords } from "../../plugins/ethos/policy.ts";
import { tagger } from "../../plugins/ethos/tag-words.ts";
import { seeded } from "../bench/redaction-corpus.ts";
import { articleQuestions, ofEverySecondFile } from "./asked.ts";
import { readLines } from "./read-lines.ts";
import { type Grammar, type LabelledRequest, requestsOf } from "./request-grammar.ts";
import type { Prompt } from "./safety.ts";

const BITS = 16;
const REQUESTS = 160_000;
/** Real questions are worth more than made ones: each is seen so often. */
const REPEATS = 3;
const PASSES = 8;
const RATE = 0.5;
const PENALTY = 2e-6;

const { values } = parseArgs({ options: { data: { type: "string" } } });
if (!values.data) throw new Error("give the folder of the data: npm run fit:requests -- --data DIR");
const random = seeded(7);
const requests = [...requestsOf(grammar(), REQUESTS, vocabulary(), random), ...repeated(ordinary(values.data))];
const tag = tagger(policyFile.words);
const examples = requests.map(({ text, harmful }) => ({
  features: Int32Array.from(featuresOf(wordsOf(tag(plainWords(text))), BITS), ({ index }) => index),
  harmful,
}));
writeFileSync(join(import.meta.dirname, "../../plugins/ethos/likeness.json"), `${JSON.stringify(inBytes(fitted()), null, 2)}\n`);

/** Logistic regression by stochastic gradients, each weight with a step of its own (Adagrad). */
function fitted(): { bias: number; weights: Float64Array } {
  const weights = new Float64Array(2 ** BITS);
  const squares = new Float64Array(2 ** BITS).fill(1e-2);
  let bias = 0;
  for (let pass = 0; pass < PASSES; pass++) {
    shuffle(examples);
    for (const { features, harmful } of examples) {
      const scale = 1 / Math.sqrt(Math.max(1, features.length));
      let sum = 0;
      for (const index of features) sum += weights[index] as number;
      const wrong = 1 / (1 + Math.exp(-(bias + sum * scale))) - (harmful ? 1 : 0);
      bias -= 0.01 * wrong;
      for (const index of features) {
        const slope = wrong * scale + PENALTY * (weights[index] as number);
        squares[index] = (squares[index] as number) + slope * slope;
        weights[index] = (weights[index] as number) - (RATE * slope) / Math.sqrt(squares[index] as number);
      }
    }
  }
  return { bias, weights };
}

function inBytes({ bias, weights }: { bias: number; weights: Float64Array }): LikenessModel {
  const sizes = Float64Array.from(weights, Math.abs).sort();
  const step = (sizes[Math.floor(sizes.length * 0.999)] as number) / 127; // the few that are larger are cut
  const bytes = Int8Array.from(weights, (weight) => Math.max(-127, Math.min(127, Math.round(weight / step))));
  return {
    bits: BITS,
    bias: Number(bias.toFixed(4)),
    step: Number(step.toPrecision(4)),
    weights: Buffer.from(bytes.buffer).toString("base64"),
  };
}

function grammar(): Grammar {
  return JSON.parse(readFileSync(join(import.meta.dirname, "requests/grammar.json"), "utf8")) as Grammar;
}

/** Whole words of the built-in model's vocabulary. */
function vocabulary(): string[] {
  const file = JSON.parse(readFileSync(join(import.meta.dirname, "../../plugins/embeddings/model/tokenizer.json"), "utf8"));
  return Object.keys((file as { model: { vocab: Record<string, number> } }).model.vocab).filter((word) => /^[a-z]{3,}$/.test(word));
}

function ordinary(data: string): string[] {
  const asked = ofEverySecondFile(articleQuestions(join(data, "reading")));
  const articles = [...new Set(asked.map(({ file }) => file))].map((file) => readFileSync(join(data, "reading/docs", file), "utf8"));
  const sentences = articles.flatMap((text) => splitSentences(text).map(({ start, end }) => text.slice(start, end)));
  const harmless = readLines<Prompt>(join(data, "safety/harmless.jsonl"));
  const titles = readLines<{ title: string }>(join(data, "retrieval/cranfield/docs.jsonl"));
  return [
    ...asked.map(({ question }) => question),
    ...everySecond(harmless).map(({ text }) => text),
    ...everySecond(sentences),
    ...everySecond(titles).map(({ title }) => title),
  ];
}

function everySecond<T>(items: readonly T[]): T[] {
  return items.filter((_, at) => at % 2 === 0);
}

function repeated(texts: readonly string[]): LabelledRequest[] {
  return Array.from({ length: REPEATS }, () => texts.map((text) => ({ text, harmful: false }))).flat();
}

function shuffle<T>(items: T[]): void {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
}
