/** Puts together the Worker that counts before the tests, and what was counted after them: lines by folder. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type Counts, type FileCounts, ROOT, withCounters } from "./instrument.ts";
import { buildTree, COUNTS, sources } from "./worker-tree.ts";

/** Percent of lines, of all and of where money is. */
const LEAST = 80;
const LEAST_OF_MONEY = 90;
const MONEY = /^cloud\/worker\/(?:ledger|money|payments)$/;

interface Lines {
  readonly run: number;
  readonly all: number;
}

export function setup(): void {
  buildTree();
}

export function teardown(): void {
  const runs = globSync("*.json", { cwd: COUNTS }).map((name) => JSON.parse(readFileSync(join(COUNTS, name), "utf8")) as Counts);
  const files = sources()
    .map((path) => ({ path, lines: linesOf(path, runs) }))
    .filter(({ lines }) => lines.all > 0);
  const folders = Map.groupBy(files, ({ path }) => dirname(path));
  const rows = [...folders].map(([folder, inside]) => ({ name: folder, ...sum(inside) })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const money = { name: "where money is", ...sum(files.filter(({ path }) => MONEY.test(dirname(path)))) };
  const total = { name: "cloud", ...sum(files) };
  const worst = files.map(({ path, lines }) => ({ name: path, ...lines })).filter((file) => percent(file) < LEAST);
  const table = [...rows, money, total].map(asRow).join("\n");
  process.stdout.write(`\nLines run, by folder\n${table}\n\nFiles under ${LEAST} %\n${worst.map(asRow).join("\n")}\n`);
  if (percent(total) < LEAST || percent(money) < LEAST_OF_MONEY) process.exitCode = 1;
}

function linesOf(path: string, runs: readonly Counts[]): Lines {
  const { counts } = withCounters(path, readFileSync(join(ROOT, path), "utf8"));
  const lines = new Map<number, boolean>();
  for (const [id, { start }] of Object.entries(counts.statementMap)) {
    const isRun = runs.some((run) => (run[path] as FileCounts | undefined)?.s[id]);
    lines.set(start.line, isRun || lines.get(start.line) === true);
  }
  return { run: [...lines.values()].filter(Boolean).length, all: lines.size };
}

const sum = (files: readonly { readonly lines: Lines }[]): Lines =>
  files.reduce((total, { lines }) => ({ run: total.run + lines.run, all: total.all + lines.all }), { run: 0, all: 0 });
const percent = ({ run, all }: Lines) => (100 * run) / all;
const asRow = ({ name, ...lines }: Lines & { readonly name: string }) =>
  `${name.padEnd(46)} ${`${lines.run}/${lines.all}`.padStart(10)} ${percent(lines).toFixed(1).padStart(6)} %`;
