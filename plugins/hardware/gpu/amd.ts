import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";

const PROGRAMS = ["rocm-smi", "/opt/rocm/bin/rocm-smi"];
const ARGS = ["--showproductname", "--showmeminfo", "vram", "--showdriverversion", "--json"];
const DRM = "/sys/class/drm";
const AMD = "0x1002";

/** The AMD cards that ROCm sees, or else those that the kernel's driver shows, which ROCm does not run on. */
export async function readAmd(probe: Probe): Promise<Gpu[]> {
  for (const program of PROGRAMS) {
    const text = await probe.run(program, ARGS);
    const gpus = text === undefined ? [] : parseRocmSmi(text);
    if (gpus.length > 0) return gpus;
  }
  return readAmdFromKernel(probe);
}

/** Reads rocm-smi's JSON, whose keys changed their capitals over the versions. */
export function parseRocmSmi(text: string): Gpu[] {
  const cards = parseObject(text.slice(Math.max(0, text.indexOf("{")))); // warnings may come first
  const driver = field(cards["system"], "driver version");
  return Object.keys(cards)
    .filter((name) => /^card\d+$/.test(name))
    .sort((a, b) => Number(a.slice(4)) - Number(b.slice(4)))
    .map((name) => {
      const card = cards[name];
      const vram = Number(field(card, "vram total memory (b)"));
      const used = Number(field(card, "vram total used memory (b)"));
      return {
        vendor: "AMD",
        model: field(card, "card series") ?? field(card, "card model") ?? "unknown",
        vram: vram > 0 ? vram : null,
        free: vram > 0 && used >= 0 ? Math.max(0, vram - used) : null,
        unified: false,
        api: "rocm" as const,
        driver: driver ?? null,
        capability: field(card, "gfx version") ?? null,
      };
    });
}

function readAmdFromKernel({ read, list }: Probe): Gpu[] {
  const cards = list(DRM).filter((name) => /^card\d+$/.test(name));
  return cards.flatMap((card) => {
    const at = (name: string) => read(`${DRM}/${card}/device/${name}`)?.trim();
    if (at("vendor") !== AMD) return [];
    const vram = Number(at("mem_info_vram_total"));
    const used = Number(at("mem_info_vram_used"));
    return {
      vendor: "AMD",
      model: at("product_name") || `device ${at("device") ?? "unknown"}`,
      vram: vram > 0 ? vram : null,
      free: vram > 0 && used >= 0 ? vram - used : null,
      unified: false,
      api: null,
      driver: null,
      capability: null,
    };
  });
}

function field(card: unknown, name: string): string | undefined {
  if (typeof card !== "object" || card === null) return undefined;
  const value = Object.entries(card).find(([key]) => key.toLowerCase() === name)?.[1];
  return typeof value === "string" && value !== "N/A" && value !== "" ? value : undefined;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
