/**
 * `node test/eval/fit-ranking.ts --data DIR`: fits the weights by which Logos ranks sentences, so that those that hold the
 * answer come first (softmax over the sentences of a question). On every second article of `DIR/reading`. Run it before
 * `npm run fit`, whose drafts depend on it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readQuestion } from "../../pipeline/text/question.ts";
import { rankSentences } from "../../plugins/logos/rank.ts";
import { type Asked, articleQuestions, askedOfHalf } from "./asked.ts";
import { holds } from "./reading.ts";

const FILE = join(import.meta.dirname, "../../plugins/logos/ranking.json");
/** How strongly weights are drawn to 0. */
const RIDGE = 0.5;
const STEPS = 300;

/** The sentences found for one question: their features, and whether they hold its answer. */
type Group = readonly { readonly features: Readonly<Record<string, number>>; readonly right: boolean }[];

const { values } = parseArgs({ options: { data: { type: "string" } } });
if (!values.data) throw new Error("give the folder of the data: node test/eval/fit-ranking.ts --data DIR");
const reading = join(values.data, "reading");
const groups: Group[] = [];
for await (const asked of askedOfHalf(join(reading, "docs"), articleQuestions(reading))) if (asked.answerable) groups.push(groupOf(asked));

const { about, byHand, weights } = JSON.parse(readFileSync(FILE, "utf8"));
const names = Object.keys(groups.find((group) => group.length > 0)?.[0]?.features ?? {}).filter((name) => !byHand.includes(name));
const fitted = fitSoftmax(groups, names);
const kept = byHand.map((name: string) => [name, weights[name]]);
writeFileSync(FILE, `${JSON.stringify({ about, byHand, weights: { ...fitted, ...Object.fromEntries(kept) } }, null, 2)}\n`);
console.log(
  `${groups.length} questions, ${groups.filter((group) => group.some(({ right }) => right)).length} with the answer within reach`,
);

function groupOf({ brief: { question, passages }, file, files, answers }: Asked): Group {
  return rankSentences(readQuestion(question), passages).map(({ sentence: { passage, text }, features }) => ({
    features,
    right: files[passage] === file && answers.some((answer) => holds(text, answer)),
  }));
}

/** Gradient descent (Adam, full batch). */
function fitSoftmax(all: readonly Group[], names: readonly string[]): Record<string, number> {
  const data = all
    .filter((group) => group.some(({ right }) => right))
    .map((group) => group.map(({ features, right }) => ({ x: names.map((name) => features[name] ?? 0), right })));
  const at = names.map(() => ({ weight: 0, mean: 0, square: 0 }));
  for (let step = 1; step <= STEPS; step++) {
    const slopes = at.map(({ weight }) => RIDGE * weight);
    for (const group of data) addSlopes(group, at, slopes);
    for (const [k, one] of at.entries()) {
      const slope = (slopes[k] ?? 0) / data.length;
      one.mean = 0.9 * one.mean + 0.1 * slope;
      one.square = 0.999 * one.square + 0.001 * slope * slope;
      one.weight -= (0.1 * one.mean) / (1 - 0.9 ** step) / (Math.sqrt(one.square / (1 - 0.999 ** step)) + 1e-9);
    }
  }
  return Object.fromEntries(names.map((name, k) => [name, Math.round((at[k]?.weight ?? 0) * 1000) / 1000]));
}

function addSlopes(group: readonly { x: readonly number[]; right: boolean }[], at: readonly { weight: number }[], slopes: number[]): void {
  const scores = group.map(({ x }) => x.reduce((sum, value, k) => sum + value * (at[k]?.weight ?? 0), 0));
  const top = Math.max(...scores);
  const odds = scores.map((score) => Math.exp(score - top));
  const all = odds.reduce((sum, odd) => sum + odd, 0);
  const right = odds.reduce((sum, odd, i) => sum + (group[i]?.right ? odd : 0), 0);
  for (const [i, { x, right: isRight }] of group.entries()) {
    const slope = (odds[i] ?? 0) / all - (isRight ? (odds[i] ?? 0) / right : 0);
    for (const [k, value] of x.entries()) slopes[k] = (slopes[k] ?? 0) + slope * value;
  }
}
