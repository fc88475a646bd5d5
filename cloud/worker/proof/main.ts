/** `npm run proof:billing -- --events 1000000`: prints its figures as JSON; exit 1 when any sum is off. */
import { parseArgs } from "node:util";
import { proveBilling } from "./prove-billing.ts";

const { values } = parseArgs({
  options: { events: { type: "string", default: "1000000" }, ledgers: { type: "string", default: "20" }, seed: { type: "string" } },
});
const events = Number(values.events);
const ledgers = Number(values.ledgers);
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const figures = await proveBilling({ events, ledgers, seed, speed: 1000, outage: 84_000, rounds: 9, callsPerRound: 500 });
process.stdout.write(`${JSON.stringify({ seed, ledgers, ...figures }, null, 2)}\n`);
process.exitCode = figures.wrong.length === 0 ? 0 : 1;
