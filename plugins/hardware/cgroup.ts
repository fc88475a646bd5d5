import type { Probe } from "./probe.ts";

/** What a container lets its processes use. */
export interface ContainerLimits {
  /** Bytes; null without a limit. */
  readonly memory: number | null;
  /** Bytes in use that cannot be given back at once; null when unknown. */
  readonly used: number | null;
  /** Processors' worth of time, with a fraction; null without a limit. */
  readonly cpus: number | null;
}

const ROOT = "/sys/fs/cgroup";
/** Version 1 says "no limit" with the largest multiple of a page: anything near it is none. */
const UNLIMITED = 2 ** 60;

/** The limits of the control groups, version 1 or 2, that this process is in. A group's parents limit it too. */
export function readContainerLimits({ read }: Pick<Probe, "read">): ContainerLimits {
  const groups = parseGroups(read("/proc/self/cgroup") ?? "");
  const unified = groups.get("") ?? "/";
  const memory = [
    ...above(`${ROOT}/memory`, groups.get("memory")).map((at) =>
      group(read, at, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
    ),
    ...above(ROOT, unified).map((at) => group(read, at, "memory.max", "memory.current", "inactive_file")),
  ].filter(({ limit }) => limit !== null);
  const tightest = memory.reduce<MemoryGroup | undefined>(
    (least, next) => ((next.limit ?? 0) < (least?.limit ?? Infinity) ? next : least),
    undefined,
  );
  const cpus = [
    ...["cpu", "cpu,cpuacct"].flatMap((folder) => above(`${ROOT}/${folder}`, groups.get("cpu")).map((at) => quotaV1(read, at))),
    ...above(ROOT, unified).map((at) => quotaV2(read(`${at}/cpu.max`))),
  ].filter((quota) => quota !== null);
  return { memory: tightest?.limit ?? null, used: tightest?.used ?? null, cpus: cpus.length > 0 ? Math.min(...cpus) : null };
}

/** The path of this process's group by controller; the unified hierarchy's under "". */
function parseGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path !== undefined) for (const name of (controllers ?? "").split(",")) groups.set(name, path);
  }
  return groups;
}

/** A group's folder and those above it. Inside a container the path may be the host's, and only the root is there. */
function above(root: string, path: string | undefined): string[] {
  const parts = (path ?? "/").split("/").filter(Boolean);
  return Array.from({ length: parts.length + 1 }, (_, up) => [root, ...parts.slice(0, parts.length - up)].join("/"));
}

interface MemoryGroup {
  readonly limit: number | null;
  readonly used: number | null;
}

function group(read: Probe["read"], at: string, limitFile: string, usageFile: string, cache: string): MemoryGroup {
  const limit = bytes(read(`${at}/${limitFile}`));
  const usage = bytes(read(`${at}/${usageFile}`));
  const inactive = Number(new RegExp(`^${cache} (\\d+)$`, "m").exec(read(`${at}/memory.stat`) ?? "")?.[1] ?? 0);
  return {
    limit: limit !== null && limit > 0 && limit < UNLIMITED ? limit : null,
    used: usage === null ? null : Math.max(0, usage - inactive),
  };
}

function quotaV1(read: Probe["read"], at: string): number | null {
  return quota(bytes(read(`${at}/cpu.cfs_quota_us`)), bytes(read(`${at}/cpu.cfs_period_us`)));
}

function quotaV2(text: string | undefined): number | null {
  const [time, period] = (text ?? "").trim().split(" ");
  return quota(bytes(time), bytes(period));
}

function quota(time: number | null, period: number | null): number | null {
  return time !== null && period !== null && time > 0 && period > 0 ? time / period : null;
}

function bytes(text: string | undefined): number | null {
  return text !== undefined && /^-?\d+\s*$/.test(text) ? Number(text) : null;
}
