import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Disk } from "./hardware.ts";
import type { Probe } from "./probe.ts";

const NETWORK = /^(?:nfs\d?|cifs|smb\w*|9p|afs|ceph|fuse\.(?:sshfs|rclone|s3fs|gcsfuse)|virtiofs|lustre)$/;
const IN_MEMORY = /^(?:tmpfs|ramfs)$/;

/** The disk that `folder` lies on, or will: it may not exist yet, and then the nearest folder above it counts. */
export async function readDisk(probe: Probe, folder: string): Promise<Disk | null> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { total: bsize * blocks, free: bsize * bavail, kind: await readKind(probe, folder) };
  } catch {
    return dirname(folder) === folder ? null : readDisk(probe, dirname(folder));
  }
}

async function readKind(probe: Probe, folder: string): Promise<Disk["kind"]> {
  if (probe.platform === "linux") return linuxDiskKind(probe, folder);
  if (probe.platform === "darwin") return parseDiskutil((await probe.run("/usr/sbin/diskutil", ["info", "/"])) ?? "");
  const { diskLayout } = await import("systeminformation");
  const [disk] = await diskLayout();
  return disk === undefined ? null : /ssd|nvme/i.test(`${disk.type} ${disk.interfaceType}`) ? "ssd" : /^hd/i.test(disk.type) ? "hdd" : null;
}

/** What `diskutil info` says of a volume. */
export function parseDiskutil(text: string): Disk["kind"] {
  const solid = /^\s*Solid State:\s+(Yes|No)/m.exec(text)?.[1];
  return solid === undefined ? null : solid === "Yes" ? "ssd" : "hdd";
}

/** By the table of mounts, and by what the kernel says of the device below. */
export function linuxDiskKind({ read }: Pick<Probe, "read">, folder: string): Disk["kind"] {
  const mount = findMount(read("/proc/self/mountinfo") ?? "", folder);
  if (!mount) return null;
  if (NETWORK.test(mount.type)) return "network";
  if (IN_MEMORY.test(mount.type)) return "memory";
  const device = `/sys/dev/block/${mount.device}`;
  // a partition has its queue in the folder of the whole disk
  const rotational = (read(`${device}/queue/rotational`) ?? read(`${device}/../queue/rotational`))?.trim();
  if (rotational === "0") return "ssd";
  const virtual = /^DEVNAME=x?vd/m.test(read(`${device}/uevent`) ?? ""); // a virtual machine's disk says 1 whatever it lies on
  return rotational === "1" && !virtual ? "hdd" : null;
}

/** The mount with the longest point above `folder`; of several on one point, the last covers the others. */
function findMount(mountinfo: string, folder: string): { device: string; type: string } | undefined {
  let found: { point: string; device: string; type: string } | undefined;
  for (const line of mountinfo.split("\n")) {
    const [left = "", right = ""] = line.split(" - ");
    const [, , device = "", , point = ""] = left.split(" ");
    const path = point.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
    const holds = path === "/" || folder === path || folder.startsWith(`${path}/`);
    if (path && holds && path.length >= (found?.point.length ?? 0)) found = { point: path, device, type: right.split(" ")[0] ?? "" };
  }
  return found;
}
