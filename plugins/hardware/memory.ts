import type { ContainerLimits } from "./cgroup.ts";
import type { Memory } from "./hardware.ts";

/** Available bytes by the text of /proc/meminfo; undefined when it does not say. */
export function parseMeminfo(text: string): { total: number; available: number } | undefined {
  const kilobytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? Number.NaN) * 1024;
  const total = kilobytes("MemTotal");
  // MemAvailable is missing before Linux 3.14
  const available = kilobytes("MemAvailable") || kilobytes("MemFree") + kilobytes("Cached");
  return total > 0 && available >= 0 ? { total, available } : undefined;
}

/** Available bytes by what `vm_stat` prints on macOS: free pages and those that are given up when asked for. */
export function parseVmStat(text: string): number | undefined {
  const page = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = (name: string) => Number(new RegExp(`^Pages ${name}:\\s+(\\d+)\\.`, "m").exec(text)?.[1] ?? 0);
  const available = page * (pages("free") + pages("inactive") + pages("speculative") + pages("purgeable"));
  return available > 0 ? available : undefined;
}

/** The machine's memory within a container's limits. */
export function withinLimits(machine: { total: number; available: number }, limits: ContainerLimits): Memory {
  const { memory: limit, used } = limits;
  if (limit === null || limit >= machine.total) return { ...machine, limit: null };
  return { total: limit, available: Math.max(0, Math.min(machine.available, limit - (used ?? 0))), limit };
}
