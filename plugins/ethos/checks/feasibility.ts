/** Whether this machine has what the answer says is needed. */
import type { Finding, Trial } from "./finding.ts";

/** What this machine has. Sizes in bytes; null means that it could not be learned, and then nothing is said about it. */
export interface Machine {
  readonly memory: number;
  /** The largest GPU's memory; 0 without a GPU. */
  readonly vram: number | null;
  readonly diskFree: number | null;
  readonly cores: number;
}

type Part = keyof Machine;

export interface Need {
  readonly part: Part;
  /** Bytes, or a count of cores. */
  readonly amount: number;
  /** Where it is said. */
  readonly start: number;
  readonly end: number;
}

const UNITS: Readonly<Record<string, number>> = { mb: 1e6, mib: 2 ** 20, gb: 1e9, gib: 2 ** 30, tb: 1e12, tib: 2 ** 40 };

const PARTS: readonly [Part, RegExp][] = [
  ["vram", /\b(?:v-?ram|video memory|gpu memory|graphics memory|gpu|graphics card)\b/i],
  ["memory", /\b(?:ram|memory)\b/i],
  ["diskFree", /\b(?:disk|storage|hard drive|ssd|free space|space)\b/i],
];

// An amount is a need where the clause says so; "uses 2 GB of swap" or "limits it to 4 GB" is none.
const NEEDED =
  /\b(?:requires?|required|needs?|needed|at least|minimum|recommended|recommend|must have|or more|you(?:'ll| will)? want)\b|\d\s?(?:[MGT]i?B)?\+/i;
const AMOUNT = /(\d+(?:[.,]\d+)?)\s?(MB|MiB|GB|GiB|TB|TiB)\b\+?/gi;
const CORES = /(\d+)\+?\s(?:(?:cpu|physical|processor)\s)?cores\b/gi;
const ANY_GPU = /\b(?:requires?|needs?|must have)\b[^.\n]{0,30}\b(?:cuda|nvidia|gpu|graphics card)\b(?![^.\n]{0,40}\d\s?[GM]i?B)/i;

/** A clause: amounts belong to the part that is named in the same one. */
const CLAUSE = /(?:(?! and )(?:[^.;,\n|]|[.,](?=\d)))+/g;

/** What a text says is needed to run something. */
export function needsIn(text: string): Need[] {
  const needs: Need[] = [];
  for (const sentence of text.matchAll(/[^\n]+/g)) {
    if (!NEEDED.test(sentence[0])) continue;
    for (const { 0: clause, index } of sentence[0].matchAll(CLAUSE)) {
      const at = sentence.index + index;
      const part = PARTS.find(([, name]) => name.test(clause))?.[0];
      const place = ({ 0: found, index: offset }: RegExpExecArray) => ({ start: at + offset, end: at + offset + found.length });
      if (part)
        for (const match of clause.matchAll(AMOUNT))
          needs.push({ part, amount: Number(match[1]?.replace(",", ".")) * (UNITS[(match[2] ?? "").toLowerCase()] ?? 0), ...place(match) });
      for (const match of clause.matchAll(CORES)) needs.push({ part: "cores", amount: Number(match[1]), ...place(match) });
    }
    const gpu = ANY_GPU.exec(sentence[0]);
    if (gpu) needs.push({ part: "vram", amount: 1, start: sentence.index + gpu.index, end: sentence.index + gpu.index + gpu[0].length });
  }
  return needs;
}

/** Machines are sold by round numbers, and report a little less: 15.6 GiB is 16 GB. */
const TOLERANCE = 0.93;

/** Warns of what the answer asks for and this machine has not. @param machine read only where the answer asks for something. */
export async function feasibility({ answer }: Trial, machine: () => Promise<Machine>): Promise<Finding[]> {
  const needs = needsIn(answer);
  if (needs.length === 0) return [];
  const has = await machine();
  const short = needs.filter(({ part, amount }) => {
    const there = has[part];
    return there !== null && there < amount * (part === "cores" ? 1 : TOLERANCE);
  });
  return [...new Map(short.map((need) => [need.part, need])).values()].map((need) => ({ warning: { text: wording(need, has, answer) } }));
}

function wording({ part, start, end }: Need, has: Machine, answer: string): string {
  const asked = answer.slice(start, end).trim();
  if (part === "cores") return `The answer asks for ${asked}; this machine has ${has.cores}.`;
  if (part === "vram" && !has.vram) return `The answer asks for a GPU (“${asked}”); this machine has none that can be used.`;
  return `The answer asks for ${asked} of ${NAMES[part]}; this machine has ${gigabytes(has[part] ?? 0)}.`;
}

const NAMES = { memory: "memory", vram: "GPU memory", diskFree: "free disk space" };

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
