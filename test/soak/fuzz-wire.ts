/** `npm run fuzz:wire [-- --inputs N --seed N]`: the frame decoder against a million random and mutated inputs. */
import { parseArgs } from "node:util";
import { fuzzDecoder } from "../../cloud/wire/fuzz.ts";

const { values } = parseArgs({ options: { inputs: { type: "string", default: "1000000" }, seed: { type: "string", default: "7" } } });
const before = process.memoryUsage().rss;
const result = fuzzDecoder(Number(values.inputs), Number(values.seed));
const grown = (process.memoryUsage().rss - before) / 1024 ** 2;
console.log(JSON.stringify({ inputs: Number(values.inputs), ...result, grownMiB: Math.round(grown) }));
