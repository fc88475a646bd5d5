/** `npm run bench [-- NAME…] [--chunks N]`: ratios against peers, measured in turn in one run, and the same as JSON on request. */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { benchAdapters } from "./adapters.ts";
import { benchAsk } from "./ask.ts";
import { benchCloud } from "./cloud.ts";
import { benchCouncil } from "./council.ts";
import { benchGenerate } from "./generate.ts";
import { benchPlugins } from "./plugins.ts";
import { benchPush } from "./push.ts";
import { runRedactionBench } from "./run-redaction.ts";
import { benchSearch } from "./search.ts";
import { benchStartup } from "./startup.ts";
import { type BenchRow, formatTable } from "./table.ts";
import { benchTunnel } from "./tunnel.ts";

const { values, positionals } = parseArgs({
  options: { out: { type: "string" }, chunks: { type: "string", default: "100000" } },
  allowPositionals: true,
});
const chunks = Number(values.chunks);
if (!Number.isInteger(chunks) || chunks < 1000) throw new Error("--chunks takes a whole number from 1000 on");

const BENCHES: Readonly<Record<string, () => BenchRow[] | Promise<BenchRow[]>>> = {
  startup: benchStartup,
  plugins: benchPlugins,
  ask: async () => [...benchAsk(), ...(await benchCouncil())],
  redaction: runRedactionBench,
  search: () => benchSearch(chunks),
  generate: benchGenerate,
  tunnel: benchTunnel,
  push: benchPush,
  adapters: benchAdapters,
  cloud: benchCloud,
};

const unknown = positionals.find((name) => !Object.hasOwn(BENCHES, name));
if (unknown !== undefined) throw new Error(`there is no benchmark "${unknown}"; there are: ${Object.keys(BENCHES).join(", ")}`);

const rows: BenchRow[] = [];
for (const [name, bench] of Object.entries(BENCHES))
  if (positionals.length === 0 || positionals.includes(name)) rows.push(...(await bench()));

console.log(
  formatTable(
    ["what", "against", "ratio", "wanted"],
    rows.map(({ name, peer, ratio, wanted }) => [name, peer, ratio.toFixed(2), wanted]),
  ),
);
if (values.out) writeFileSync(values.out, `${JSON.stringify(rows, null, 2)}\n`);
