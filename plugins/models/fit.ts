import type { ModelShape } from "./shape.ts";

/** What a model takes while it runs, in bytes. */
export interface MemoryNeed {
  readonly weights: number;
  /** Keys and values of the whole context. */
  readonly cache: number;
  /** Room for the numbers of one step. */
  readonly compute: number;
  readonly total: number;
}

/** Tokens evaluated in one step by llama.cpp's default. */
const STEP = 512;
const FLOAT = 4;
/** Keys and values are kept as 16-bit numbers. */
const CACHED = 2;
/** The process around the model: Node, the library, its tables. */
const PROCESS = 200 * 1024 * 1024;

/** The agents, which write at the same time where there is room for as many contexts. */
const AGENTS = 3;

/**
 * Predicts the memory for so many sequences of `context` tokens each, attention computed without the memory-saving kernel that
 * some machines have: an upper estimate.
 */
export function memoryNeed(shape: ModelShape, context: number, sequences = 1): MemoryNeed {
  const cache =
    sequences * cachedTokens(shape, context) * (shape.cachedHeads / shape.layers) * (shape.keyLength + shape.valueLength) * CACHED;
  const logits = shape.vocabulary * STEP * FLOAT;
  const attention = shape.heads * context * STEP * FLOAT;
  const activations = 8 * shape.embedding * STEP * FLOAT;
  const compute = Math.max(logits, attention) + activations;
  return { weights: shape.weights, cache, compute, total: shape.weights + cache + compute + PROCESS };
}

/** Tokens kept, summed over the layers. A layer with a window keeps it and one step. */
function cachedTokens({ layers, window }: ModelShape, context: number): number {
  if (!window) return layers * context;
  const whole = Math.floor(layers / window.every);
  return whole * context + (layers - whole) * Math.min(context, window.tokens + STEP);
}

/** What of a machine matters here; bytes. */
export interface Machine {
  readonly memory: { readonly total: number; readonly available: number };
  readonly gpus: readonly {
    readonly model: string;
    readonly vram: number | null;
    readonly free: number | null;
    readonly api: string | null;
  }[];
}

export interface Fit {
  /** Where it would run: all of it on one GPU, some of it, none, or nowhere. */
  readonly place: "gpu" | "shared" | "cpu" | "none";
  readonly need: MemoryNeed;
  /** What a person should know before they start it; empty when all is well. */
  readonly warnings: readonly string[];
}

/** Left to the system and to other programs. */
const RESERVE = 512 * 1024 * 1024;
/** Left free on a GPU: the driver's own use, and the screen. */
const GPU_RESERVE = 300 * 1024 * 1024;
/** The smallest GPU that is worth sharing a model with. */
const SMALL_GPU = 2 * 1024 ** 3;

/** The better place first. */
const PLACES: readonly Fit["place"][] = ["gpu", "shared", "cpu", "none"];

/** Where a model fits on a machine: for three agents at once, or, where that is worse than one after another, for one. */
export function judgeFit(shape: ModelShape, machine: Machine, context: number): Fit {
  const [together, alone] = [AGENTS, 1].map((sequences) => placed(shape, machine, context, sequences)) as [Fit, Fit];
  if (alone.place === "none") return alone;
  const isTight = ({ need }: Fit) => Number(need.total > machine.memory.available);
  const better =
    PLACES.indexOf(together.place) - PLACES.indexOf(alone.place) || (alone.place === "gpu" ? 0 : isTight(together) - isTight(alone));
  if (better <= 0) return together;
  const slower = `its agents think one after another: at the same time they need ${gib(together.need.total)}`;
  return { ...alone, warnings: [...alone.warnings, slower] };
}

function placed(shape: ModelShape, machine: Machine, context: number, sequences: number): Fit {
  const need = memoryNeed(shape, context, sequences);
  const gpu = bestGpu(machine);
  const warnings =
    context > shape.context ? [`it was made for ${shape.context} tokens of context, fewer than the ${context} asked for`] : [];
  if (gpu && need.total <= gpu.room) return { place: "gpu", need, warnings };
  if (need.total > machine.memory.total - RESERVE)
    return { place: "none", need, warnings: [...warnings, `it needs ${gib(need.total)} and the machine has ${gib(machine.memory.total)}`] };
  const tight =
    need.total > machine.memory.available
      ? [`it needs ${gib(need.total)} and ${gib(machine.memory.available)} are free: close other programs`]
      : [];
  const unused = gpuWarnings(machine, need.total);
  return { place: gpu && gpu.room >= SMALL_GPU ? "shared" : "cpu", need, warnings: [...warnings, ...tight, ...unused] };
}

/** The GPU with the most room among those whose driver answers. */
export function bestGpu({ gpus }: Machine): { readonly model: string; readonly vram: number; readonly room: number } | undefined {
  return gpus
    .filter(({ api, vram }) => api !== null && vram !== null)
    .map(({ model, vram, free }) => ({ model, vram: vram ?? 0, room: (free ?? vram ?? 0) - GPU_RESERVE }))
    .sort((a, b) => b.room - a.room)[0];
}

/** Why a GPU that is there will not be used, or not wholly. */
function gpuWarnings(machine: Machine, need: number): string[] {
  const usable = bestGpu(machine);
  if (usable) return [`the GPU (${usable.model}) has room for ${gib(Math.max(0, usable.room))} of the ${gib(need)}`];
  return machine.gpus
    .filter(({ vram }) => vram === null || vram >= SMALL_GPU)
    .map(({ model }) => `a GPU (${model}) is there, but its driver does not answer, so it is not used`);
}

export function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
