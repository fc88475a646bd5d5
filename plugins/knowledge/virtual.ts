import { statfsSync } from "node:fs";

/**
 * File systems of Linux that hold no files: the kernel makes up what is read, some of it without end, by its magic number
 * (linux/magic.h).
 */
const VIRTUAL = new Set([
  0x9fa0, // proc
  0x62656572, // sysfs
  0x1cd1, // devpts
  0x27e0eb, // cgroup
  0x63677270, // cgroup2
  0x64626720, // debugfs
  0x74726163, // tracefs
  0x73636673, // securityfs
  0xcafe4a11, // bpf
  0x62656570, // configfs
  0x6165676c, // pstore
  0xde5e81e4, // efivarfs
  0x19800202, // mqueue
  0x6e736673, // nsfs
]);

export const VIRTUAL_REASON = "made up by the system, no file";

/** Says of a path whether its device holds no files; each device is looked at once. */
export function virtualDevices(): (path: string, device: number) => boolean {
  const known = new Map<number, boolean>();
  return (path, device) => {
    const virtual = known.get(device) ?? isVirtual(path);
    known.set(device, virtual);
    return virtual;
  };
}

function isVirtual(path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    return VIRTUAL.has(statfsSync(path).type);
  } catch {
    return false;
  }
}
