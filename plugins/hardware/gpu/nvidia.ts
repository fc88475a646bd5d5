import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";

const MIB = 1024 * 1024;
const FIELDS = ["name", "memory.total", "memory.free", "driver_version", "compute_cap"];
/** Drivers before 510 do not know compute_cap, and then refuse the whole query. */
const OLD_FIELDS = FIELDS.slice(0, -1);

/** Where nvidia-smi lies when it is not on the path: under WSL it often is not. */
const PROGRAMS = ["nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi"];

/** The NVIDIA cards whose driver answers. */
export async function readNvidia(probe: Probe, systemMemory: number): Promise<Gpu[]> {
  for (const program of PROGRAMS) {
    for (const fields of [FIELDS, OLD_FIELDS]) {
      const text = await probe.run(program, [`--query-gpu=${fields.join(",")}`, "--format=csv,noheader,nounits"]);
      const gpus = text === undefined ? [] : parseNvidia(text, systemMemory);
      if (gpus.length > 0) return gpus;
    }
  }
  return [];
}

/**
 * Reads nvidia-smi's table without header and units. Chips that share the system's memory (Jetson, Grace, GB10) give
 * "[N/A]" as theirs.
 */
export function parseNvidia(text: string, systemMemory: number): Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [model = "", total = "", free = "", driver = "", capability = ""] = line.split(", ").map((cell) => cell.trim());
    if (!/^\d+(?:\.\d+)+$/.test(driver)) return []; // a message in place of a table
    const unified = !(Number(total) > 0);
    return {
      vendor: "NVIDIA",
      model,
      vram: unified ? systemMemory : Number(total) * MIB,
      free: /^\d+$/.test(free) ? Number(free) * MIB : null,
      unified,
      api: "cuda" as const,
      driver,
      capability: /^\d+\.\d+$/.test(capability) ? capability : null,
    };
  });
}
