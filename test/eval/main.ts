/** `npm run eval -- --data DIR [NAME…]`: quality on the data of one folder; a part whose data is absent is left out. */
import { existsSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { runDocumentation } from "./run-documentation.ts";
import { runInjection } from "./run-injection.ts";
import { runReading } from "./run-reading.ts";
import { runRedaction } from "./run-redaction.ts";
import { runRetrieval } from "./run-retrieval.ts";
import { runSafety } from "./run-safety.ts";

/** Figures of one evaluation, by name; the text is what a person reads. */
export interface EvalReport {
  readonly figures: Readonly<Record<string, number>>;
  readonly text: string;
}

const EVALUATIONS: Readonly<Record<string, (dataDir: string) => EvalReport | Promise<EvalReport>>> = {
  reading: runReading,
  retrieval: runRetrieval,
  redaction: runRedaction,
  safety: runSafety,
  injection: runInjection,
  documentation: runDocumentation,
};

/** Those whose data comes with the project. */
const OWN_DATA: ReadonlySet<string> = new Set(["documentation"]);

const { values, positionals } = parseArgs({ options: { data: { type: "string" }, out: { type: "string" } }, allowPositionals: true });
if (!values.data) throw new Error("give the folder of the data: npm run eval -- --data DIR");
const data = resolve(values.data);
const unknown = positionals.find((name) => !Object.hasOwn(EVALUATIONS, name));
if (unknown !== undefined) throw new Error(`there is no evaluation "${unknown}"; there are: ${Object.keys(EVALUATIONS).join(", ")}`);

const reports: Record<string, EvalReport["figures"]> = {};
for (const [name, evaluate] of Object.entries(EVALUATIONS)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  if (!OWN_DATA.has(name) && !existsSync(join(data, name))) {
    console.log(`${name}: no data in ${join(data, name)}\n`);
    continue;
  }
  const { figures, text } = await evaluate(data);
  reports[name] = figures;
  console.log(`== ${name}\n${text}\n`);
}
if (values.out) writeFileSync(values.out, `${JSON.stringify(reports, null, 2)}\n`);
