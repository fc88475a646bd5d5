/**
 * Fits the weights of the embedded agents on half of the files of a reading set, and says how they do on the other half.
 *
 *     node scripts/fit-council.ts --data DIR        (DIR holds reading/questions.jsonl and reading/docs)
 *
 * Writes plugins/logos/ranking.json and the three plugins/<agent>/weights.json.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { areaUnderRisk, calibrationError, riskAt } from "../test/eval/confidence.ts";
import { type Agent, AGENTS, fitApprovals, type Judgement, scoreOf } from "./fit-council/approvals.ts";
import { fitRanking, type Group } from "./fit-council/ranking.ts";
import { type Asked, readAsked } from "./fit-council/read-asked.ts";

const { values } = parseArgs({ options: { data: { type: "string" } } });
if (!values.data) throw new Error("give the folder of the data: node scripts/fit-council.ts --data DIR");
const home = mkdtempSync(join(tmpdir(), "synesis-fit-"));
const asked = await readAsked(join(values.data, "reading"), home);
rmSync(home, { recursive: true });

/** Every second file, in order of name, is fitted on; the others are reported on. */
const files = [...new Set(asked.map(({ file }) => file))].sort();
const isFitted = ({ file }: { file: string }) => files.indexOf(file) % 2 === 0;

// Imported only when they are needed, and after ranking.json was written: drafts depend on it.
const { candidatesOf, judgementOf } = await import("./fit-council/features.ts");

const groups: (Group & { file: string })[] = asked.filter(({ answerable }) => answerable).map((one) => ({ file: one.file, ...candidatesOf(one) }));
const ranking = fitRanking(groups.filter(isFitted), readJson("plugins/logos/ranking.json").weights);
write("plugins/logos/ranking.json", {
  about:
    "How Logos ranks sentences: a linear score. Fitted (listwise softmax, L2) on half of the files of a reading set by scripts/fit-council.ts, except byHand, for what that set has no examples of: definitions, code, lists.",
  ...ranking,
});

const judgements = await Promise.all(asked.map(async (one) => judgementOf(one, ranking.weights)));
const given = judgements.flatMap((judgement) => judgement ?? []);
const models = fitApprovals(given.filter(isFitted));
for (const agent of AGENTS)
  write(`plugins/${agent}/weights.json`, {
    about:
      "Probability that the draft is right: logistic weights over named features. Fitted on half of the files of a reading set by scripts/fit-council.ts, for questions of which nine in ten have an answer in the files; weights against the sense of their feature are held at 0.",
    ...models[agent],
  });

report("fitted half", given.filter(isFitted));
report("other half", given.filter((one) => !isFitted(one)));

function report(name: string, chosen: readonly Judgement[]): void {
  const line = (label: string, of: (one: Judgement) => number) => {
    const judged = (rows: readonly Judgement[]) => rows.map((one) => ({ confidence: of(one), right: one.right }));
    const all = judged(chosen);
    const answerable = judged(chosen.filter((one) => one.answerable));
    console.log(
      `${name.padEnd(12)} ${label.padEnd(12)} area ${areaUnderRisk(all).toFixed(3)} / ${areaUnderRisk(answerable).toFixed(3)}` +
        `  right at half ${(1 - riskAt(all, 0.5)).toFixed(3)} / ${(1 - riskAt(answerable, 0.5)).toFixed(3)}` +
        `  calibration error ${calibrationError(all).toFixed(3)} / ${calibrationError(answerable).toFixed(3)}   (all / answerable)`,
    );
  };
  const answerable = chosen.filter((one) => one.answerable);
  console.log(`${name.padEnd(12)} found ${(answerable.filter(({ right }) => right).length / answerable.length).toFixed(3)}`);
  line("council", (one) => scoreOf(models, one));
  line("logos alone", (one) => scoreOf(models, one, ["logos"] satisfies Agent[]));
}

function readJson(file: string): { weights: Record<string, number>; byHand?: readonly string[] } {
  return JSON.parse(readFileSync(join(import.meta.dirname, "..", file), "utf8"));
}

function write(file: string, content: object): void {
  writeFileSync(join(import.meta.dirname, "..", file), `${JSON.stringify(content, null, 2)}\n`);
}

export type { Asked };
