import { statfs } from "node:fs/promises";
import { cpus, freemem, totalmem } from "node:os";
import { dirname } from "node:path";

/** What this machine has; sizes in bytes. */
export interface Hardware {
  readonly cpu: { readonly model: string; readonly cores: number };
  readonly memory: { readonly total: number; readonly available: number };
  readonly gpus: readonly { readonly vendor: string; readonly model: string; readonly vram: number | null }[];
  readonly disk: { readonly total: number; readonly free: number } | null;
}

/** @param home the disk that is reported is the one this folder lies on, or will. */
export async function readHardware(home: string): Promise<Hardware> {
  const processors = cpus();
  return {
    cpu: { model: processors[0]?.model.trim() ?? "unknown", cores: processors.length },
    memory: { total: totalmem(), available: process.availableMemory?.() ?? freemem() },
    gpus: await readGpus(),
    disk: await readDisk(home),
  };
}

async function readGpus(): Promise<Hardware["gpus"]> {
  const { graphics } = await import("systeminformation");
  const { controllers } = await graphics();
  const real = controllers.filter(({ model, vendor }) => model || vendor);
  return real.map(({ vendor, model, vram }) => ({ vendor, model, vram: vram ? vram * 1024 * 1024 : null }));
}

/** The home may not exist yet: the nearest folder above it that does is on the same disk. */
async function readDisk(folder: string): Promise<Hardware["disk"]> {
  try {
    const { bsize, blocks, bavail } = await statfs(folder);
    return { total: bsize * blocks, free: bsize * bavail };
  } catch {
    return dirname(folder) === folder ? null : readDisk(dirname(folder));
  }
}
