/** How busy this machine is. Numbers only: nothing of what it works on. */
import { statfs } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import type { InitOf } from "../../cloud/wire/messages.ts";

export type Vitals = NonNullable<InitOf<"heartbeat">["vitals"]> & {
  readonly gpuUsage?: number;
  readonly gpuTempCelsius?: number;
};

/** Time that all cores together have spent since the machine started, in ms. */
export interface CpuTimes {
  readonly busy: number;
  readonly all: number;
}

export interface GpuReading {
  /** Share of the time in which it worked, 0 to 1. */
  readonly usage: number;
  readonly celsius: number;
}

/** What the rest of the program tells of its own work. */
export interface Work {
  readonly activeSessions: number;
  readonly pendingQueries: number;
  readonly loadedModel?: string;
}

export interface VitalsSource {
  /** A folder on the disk that is reported. */
  readonly home: string;
  readonly readGpu: () => Promise<GpuReading | undefined>;
  readonly work: () => Work;
}

export function readCpuTimes(): CpuTimes {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    all += used + times.idle;
  }
  return { busy, all };
}

/** Share of the cores' time that was used between two readings; 0 when no time has passed. */
export function cpuUsage(before: CpuTimes, after: CpuTimes): number {
  const all = after.all - before.all;
  return all <= 0 ? 0 : Math.min(1, Math.max(0, (after.busy - before.busy) / all));
}

/** @param since the readings of the heartbeat before: usage is that of the time between */
export async function readVitals(source: VitalsSource, since: CpuTimes): Promise<Vitals> {
  const [disk, gpu] = await Promise.all([statfs(source.home).catch(() => undefined), source.readGpu().catch(() => undefined)]);
  const { loadedModel, ...work } = source.work();
  return {
    cpuUsage: cpuUsage(since, readCpuTimes()),
    memoryUsage: 1 - freemem() / totalmem(),
    diskUsage: disk && disk.blocks > 0 ? 1 - disk.bavail / disk.blocks : 0,
    ...work,
    ...(loadedModel !== undefined && { loadedModel }),
    ...(gpu && { gpuUsage: gpu.usage, gpuTempCelsius: gpu.celsius }),
  };
}
