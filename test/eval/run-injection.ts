import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { evaluateInjection, type LabelledText } from "./injection.ts";
import type { EvalReport } from "./main.ts";
import { readLines } from "./read-lines.ts";

/** Instructions of `*-attacks.json` hidden in the contexts of `*.jsonl`; and texts of our own, hidden there and alone. */
export function runInjection(dataDir: string): EvalReport {
  const folder = join(dataDir, "injection");
  const files = readdirSync(folder).map((file) => join(folder, file));
  const contexts = files.filter((file) => file.endsWith(".jsonl")).flatMap((file) => readLines<{ context: string }>(file));
  const attacks = files
    .filter((file) => file.endsWith("-attacks.json"))
    .map((file) => JSON.parse(readFileSync(file, "utf8")) as Record<string, string[]>);
  const own = Object.fromEntries(
    ["development", "held-out"].map((name) => [name, readLines<LabelledText>(join(import.meta.dirname, `instructions/${name}.jsonl`))]),
  );
  return evaluateInjection({ clean: [...new Set(contexts.map(({ context }) => context))], attacks: Object.assign({}, ...attacks), own });
}
