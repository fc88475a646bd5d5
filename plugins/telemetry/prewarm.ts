import type { GpuReading } from "./vitals.ts";

/** Above the first of each pair the GPU counts as strained, below the second as relieved; between them nothing changes. */
const USAGE = { strained: 0.8, relieved: 0.7 };
const CELSIUS = { strained: 80, relieved: 75 };

/** Whether the GPU is strained now, given whether it was before. Without a GPU it never is. */
export function isStrained(before: boolean, gpu: GpuReading | undefined): boolean {
  if (!gpu) return false;
  if (gpu.usage > USAGE.strained || gpu.celsius > CELSIUS.strained) return true;
  return before && (gpu.usage > USAGE.relieved || gpu.celsius > CELSIUS.relieved);
}
