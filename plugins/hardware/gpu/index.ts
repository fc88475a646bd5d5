import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";
import { readAmd } from "./amd.ts";
import { readApple } from "./apple.ts";
import { readNvidia } from "./nvidia.ts";
import { readPciGraphics } from "./pci.ts";

/** Every GPU that can be found, those whose driver answers first. */
export async function readGpus(probe: Probe, systemMemory: number): Promise<Gpu[]> {
  if (probe.platform === "darwin") return readApple(probe, systemMemory);
  const [nvidia, amd] = await Promise.all([readNvidia(probe, systemMemory), probe.platform === "linux" ? readAmd(probe) : []]);
  const known = [...nvidia, ...amd];
  // A card without its driver is still worth telling: that is why it is not used.
  const others = probe.platform === "linux" ? readPciGraphics(probe) : await readOthers();
  return [...known, ...others.filter(({ vendor }) => !known.some((gpu) => gpu.vendor === vendor))];
}

const VENDORS: readonly [RegExp, string][] = [
  [/nvidia/i, "NVIDIA"],
  [/advanced micro devices|\bamd\b|\bati\b/i, "AMD"],
  [/intel/i, "Intel"],
];

/** Where the system's own tables are best asked through systeminformation, as on Windows. */
async function readOthers(): Promise<Gpu[]> {
  const { graphics } = await import("systeminformation");
  const { controllers } = await graphics();
  return controllers.flatMap(({ vendor, model, vram }) => {
    const known = VENDORS.find(([pattern]) => pattern.test(`${vendor} ${model}`))?.[1];
    if (known === undefined) return [];
    return {
      vendor: known,
      model,
      vram: vram ? vram * 1024 ** 2 : null,
      free: null,
      unified: false,
      api: null,
      driver: null,
      capability: null,
    };
  });
}
