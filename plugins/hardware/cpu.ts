import type { Cpu } from "./hardware.ts";
import type { Probe } from "./probe.ts";

/** Instruction sets that inference is compiled for; the others are of no use here. */
const FEATURES =
  /^(?:ssse3|sse4_1|sse4_2|avx|avx2|avx512\w*|avx_vnni|amx_\w+|f16c|fma|bmi2|asimd|asimddp|asimdhp|i8mm|bf16|sve\d*|sme\d*)$/;

/** What the files of Linux or the tables of macOS tell of a processor; what they do not, is null. */
export type CpuFacts = Pick<Cpu, "model" | "physicalCores" | "mhz" | "features">;

/** Reads the text of /proc/cpuinfo, whose form differs between x86 and ARM. */
export function parseCpuinfo(text: string): CpuFacts {
  const field = (name: string) => new RegExp(`^${name}\\s*: (.+)$`, "im").exec(text)?.[1]?.trim();
  const cores = new Set<string>();
  for (const block of text.split(/\n\s*\n/)) {
    const socket = /^physical id\s*: (\d+)/m.exec(block)?.[1];
    const core = /^core id\s*: (\d+)/m.exec(block)?.[1];
    if (socket !== undefined && core !== undefined) cores.add(`${socket}:${core}`);
  }
  const mhz = Number(field("cpu MHz"));
  return {
    model:
      field("model name") ?? armName(field("CPU implementer"), field("CPU part")) ?? field("Hardware") ?? field("cpu model") ?? "unknown",
    physicalCores: cores.size > 0 ? cores.size : null,
    mhz: mhz > 0 ? Math.round(mhz) : null,
    features: useful(field("flags") ?? field("Features") ?? ""),
  };
}

/** Reads what `sysctl machdep.cpu hw` prints on macOS. */
export function parseSysctl(text: string): CpuFacts {
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, "m").exec(text)?.[1]?.trim();
  const hertz = Number(field("hw\\.cpufrequency"));
  const cores = Number(field("hw\\.physicalcpu"));
  const arm = Array.from(text.matchAll(/^hw\.optional\.arm\.FEAT_(\w+): 1$/gm), ([, name = ""]) => APPLE_NAMES[name] ?? "");
  const intel = `${field("machdep\\.cpu\\.features") ?? ""} ${field("machdep\\.cpu\\.leaf7_features") ?? ""}`;
  return {
    model: field("machdep\\.cpu\\.brand_string") ?? "unknown",
    physicalCores: cores > 0 ? cores : null,
    mhz: hertz > 0 ? Math.round(hertz / 1e6) : null, // Apple's own chips do not say
    features: useful(
      [
        ...arm,
        intel
          .toLowerCase()
          .replaceAll("avx1.0", "avx")
          .replace(/sse4\.(\d)/g, "sse4_$1"),
      ].join(" "),
    ),
  };
}

/** Linux's names for what Apple lists by the architecture's. */
const APPLE_NAMES: Readonly<Record<string, string>> = {
  AdvSIMD: "asimd",
  DotProd: "asimddp",
  FP16: "asimdhp",
  I8MM: "i8mm",
  BF16: "bf16",
  SME: "sme",
  SME2: "sme2",
};

/** ARM's own identifiers, of chips that people run models on. */
const ARM_PARTS: Readonly<Record<string, string>> = {
  "0x41:0xd08": "ARM Cortex-A72",
  "0x41:0xd0b": "ARM Cortex-A76",
  "0x41:0xd0c": "ARM Neoverse N1",
  "0x41:0xd40": "ARM Neoverse V1",
  "0x41:0xd49": "ARM Neoverse N2",
  "0x41:0xd4f": "ARM Neoverse V2",
  "0xc0:0xac3": "Ampere-1",
};

function armName(implementer: string | undefined, part: string | undefined): string | undefined {
  if (implementer === undefined) return undefined;
  return ARM_PARTS[`${implementer}:${part}`] ?? `ARM processor ${implementer}:${part ?? "?"}`;
}

function useful(words: string): string[] {
  return [...new Set(words.split(/\s+/).filter((word) => FEATURES.test(word)))].sort();
}

/** What this kind of machine says of its processor beyond what Node knows. */
export async function readCpuFacts(probe: Probe): Promise<CpuFacts | undefined> {
  if (probe.platform === "linux") return parseCpuinfo(probe.read("/proc/cpuinfo") ?? "");
  if (probe.platform !== "darwin") return undefined;
  const text = await probe.run("/usr/sbin/sysctl", ["machdep.cpu", "hw"]);
  return text === undefined ? undefined : parseSysctl(text);
}
