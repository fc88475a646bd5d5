import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";

const GIB = 1024 ** 3;

/** The graphics of a Mac: of its own chip, or of the cards in an older one. */
export async function readApple(probe: Probe, systemMemory: number): Promise<Gpu[]> {
  const text = await probe.run("/usr/sbin/system_profiler", ["SPDisplaysDataType", "-json"]);
  return text === undefined ? [] : parseDisplays(text, systemMemory);
}

export function parseDisplays(text: string, systemMemory: number): Gpu[] {
  return entries(text).map((entry) => {
    const model = string(entry["sppci_model"]) ?? "unknown";
    const vendor = string(entry["spdisplays_vendor"]) ?? "";
    const unified = /apple/i.test(vendor) || /^Apple /.test(model);
    return {
      vendor: unified ? "Apple" : vendorName(vendor),
      model,
      vram: unified ? lendable(systemMemory) : parseSize(string(entry["spdisplays_vram"]) ?? string(entry["spdisplays_vram_shared"])),
      free: null,
      unified,
      api: unified ? "metal" : null, // models are not computed on the cards of Intel Macs
      driver: null,
      capability: string(entry["spdisplays_mtlgpufamilysupport"])?.replace("spdisplays_", "") ?? null,
    };
  });
}

/** What macOS lets graphics hold of unified memory: two thirds, of more than 36 GiB three quarters. */
function lendable(memory: number): number {
  return Math.floor(memory > 36 * GIB ? (memory * 3) / 4 : (memory * 2) / 3);
}

function vendorName(vendor: string): string {
  return /intel/i.test(vendor) ? "Intel" : /amd|ati|0x1002/i.test(vendor) ? "AMD" : /nvidia|0x10de/i.test(vendor) ? "NVIDIA" : "unknown";
}

function parseSize(text: string | undefined): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) (MB|GB)$/.exec(text ?? "") ?? [];
  return amount === undefined ? null : Number(amount) * (unit === "GB" ? GIB : 1024 ** 2);
}

function entries(text: string): Record<string, unknown>[] {
  try {
    const list = (JSON.parse(text) as { SPDisplaysDataType?: unknown } | null)?.SPDisplaysDataType;
    return Array.isArray(list) ? list.filter((entry) => typeof entry === "object" && entry !== null) : [];
  } catch {
    return [];
  }
}

function string(value: unknown): string | undefined {
  return typeof value === "string" && value ? value : undefined;
}
