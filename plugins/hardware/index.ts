/** What this machine has for running models: processor, memory, GPUs, disk, and what a container leaves of them. */
import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { readContainerLimits } from "./cgroup.ts";
import { readCpuFacts } from "./cpu.ts";
import { readDisk } from "./disk.ts";
import { readGpus } from "./gpu/index.ts";
import type { Hardware, Memory } from "./hardware.ts";
import { parseMeminfo, parseVmStat, withinLimits } from "./memory.ts";
import { type Probe, thisMachine } from "./probe.ts";

export type { Gpu, Hardware } from "./hardware.ts";

/** @param home the disk that is reported is the one this folder lies on, or will. */
export async function readHardware(home: string, probe: Probe = thisMachine): Promise<Hardware> {
  const limits = readContainerLimits(probe);
  const [first] = cpus();
  const [facts, memory, disk] = await Promise.all([readCpuFacts(probe), readMemory(probe), readDisk(probe, home)]);
  const cores = Math.min(availableParallelism(), limits.cpus === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.ceil(limits.cpus)));
  return {
    cpu: {
      model: facts && facts.model !== "unknown" ? facts.model : (first?.model.trim() ?? "unknown"),
      cores,
      physicalCores: facts?.physicalCores ?? null,
      mhz: facts?.mhz ?? (first?.speed || null),
      arch: probe.arch,
      features: facts?.features ?? [],
    },
    memory: withinLimits(memory, limits),
    gpus: await readGpus(probe, memory.total),
    disk,
  };
}

async function readMemory(probe: Probe): Promise<Omit<Memory, "limit">> {
  const read = probe.platform === "linux" ? parseMeminfo(probe.read("/proc/meminfo") ?? "") : undefined;
  if (read) return read;
  const vmStat = probe.platform === "darwin" ? parseVmStat((await probe.run("/usr/bin/vm_stat", [])) ?? "") : undefined;
  return { total: totalmem(), available: vmStat ?? freemem() };
}
