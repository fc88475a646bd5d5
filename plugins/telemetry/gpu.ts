import { execFile } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { GpuReading } from "./vitals.ts";

const QUERY = ["--query-gpu=utilization.gpu,temperature.gpu", "--format=csv,noheader,nounits"];
const RUN_MS = 3_000;

/** The busiest of the machine's GPUs, by the tool or the files of its driver; undefined where there is none. */
export async function readGpu(vendor: string | undefined): Promise<GpuReading | undefined> {
  if (vendor === "NVIDIA") return parseNvidiaSmi((await promisify(execFile)("nvidia-smi", QUERY, { timeout: RUN_MS })).stdout);
  return vendor === "AMD" ? readAmd("/sys/class/drm") : undefined;
}

/** Lines of `12, 45`: percent and degrees, one a card. */
export function parseNvidiaSmi(text: string): GpuReading | undefined {
  return busiest(
    text.split("\n").map((line) => {
      const [percent, celsius] = line.split(",").map(Number);
      return { usage: (percent ?? Number.NaN) / 100, celsius: celsius ?? Number.NaN };
    }),
  );
}

/** @param folder where the kernel shows graphics cards */
export function readAmd(folder: string): GpuReading | undefined {
  return busiest(
    globSync("card*/device/gpu_busy_percent", { cwd: folder }).map((file) => {
      const [heat] = globSync("hwmon/hwmon*/temp1_input", { cwd: join(folder, dirname(file)) });
      const read = (path: string) => Number(readFileSync(path, "utf8"));
      return { usage: read(join(folder, file)) / 100, celsius: heat ? read(join(folder, dirname(file), heat)) / 1000 : Number.NaN };
    }),
  );
}

function busiest(readings: readonly GpuReading[]): GpuReading | undefined {
  return readings
    .filter(({ usage, celsius }) => usage >= 0 && usage <= 1 && celsius > -50 && celsius < 200)
    .sort((a, b) => b.usage - a.usage)[0];
}
