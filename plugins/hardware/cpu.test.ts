import { expect, test } from "vitest";
import { type CpuFacts, parseCpuinfo, parseSysctl } from "./cpu.ts";

const check = (name: string, parse: (text: string) => CpuFacts, text: string, expected: CpuFacts) =>
  test(name, () => expect(parse(text)).toEqual(expected));

const x86 = (processor: number, core: number) => `processor\t: ${processor}
vendor_id\t: AuthenticAMD
model name\t: AMD Ryzen 7 5800X 8-Core Processor
cpu MHz\t\t: 3799.941
physical id\t: 0
core id\t\t: ${core}
flags\t\t: fpu vme sse sse2 ssse3 fma sse4_1 sse4_2 avx f16c avx2 bmi2 smep smap sha_ni
`;

check("x86: two threads of a core are one core", parseCpuinfo, [x86(0, 0), x86(1, 1), x86(2, 0), x86(3, 1)].join("\n"), {
  model: "AMD Ryzen 7 5800X 8-Core Processor",
  physicalCores: 2,
  mhz: 3800,
  features: ["avx", "avx2", "bmi2", "f16c", "fma", "sse4_1", "sse4_2", "ssse3"],
});

const ARM = `processor\t: 0
BogoMIPS\t: 108.00
Features\t: fp asimd evtstrm aes crc32 asimdhp cpuid asimddp
CPU implementer\t: 0x41
CPU architecture: 8
CPU part\t: 0xd0b
`;
check("ARM: a chip is known by its numbers", parseCpuinfo, `${ARM}\nRevision\t: d04170\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n`, {
  model: "ARM Cortex-A76",
  physicalCores: null,
  mhz: null,
  features: ["asimd", "asimddp", "asimdhp"],
});
check("ARM: unknown numbers are told", parseCpuinfo, "CPU implementer\t: 0x61\nCPU part\t: 0x032\nFeatures\t: fp asimd i8mm bf16\n", {
  model: "ARM processor 0x61:0x032",
  physicalCores: null,
  mhz: null,
  features: ["asimd", "bf16", "i8mm"],
});
check("an empty file tells nothing", parseCpuinfo, "", { model: "unknown", physicalCores: null, mhz: null, features: [] });

check(
  "macOS: an Apple chip",
  parseSysctl,
  `machdep.cpu.cores_per_package: 12
machdep.cpu.brand_string: Apple M2 Pro
hw.ncpu: 12
hw.physicalcpu: 12
hw.memsize: 34359738368
hw.optional.arm.FEAT_DotProd: 1
hw.optional.arm.FEAT_FP16: 1
hw.optional.arm.FEAT_I8MM: 1
hw.optional.arm.FEAT_SME: 0
hw.optional.arm.AdvSIMD: 1
`,
  { model: "Apple M2 Pro", physicalCores: 12, mhz: null, features: ["asimddp", "asimdhp", "i8mm"] },
);
check(
  "macOS: an Intel chip",
  parseSysctl,
  `machdep.cpu.brand_string: Intel(R) Core(TM) i7-8850H CPU @ 2.60GHz
machdep.cpu.features: FPU VME SSE SSE2 SSSE3 FMA SSE4.1 SSE4.2 AVX1.0 F16C
machdep.cpu.leaf7_features: BMI1 AVX2 BMI2
hw.physicalcpu: 6
hw.cpufrequency: 2600000000
`,
  {
    model: "Intel(R) Core(TM) i7-8850H CPU @ 2.60GHz",
    physicalCores: 6,
    mhz: 2600,
    features: ["avx", "avx2", "bmi2", "f16c", "fma", "sse4_1", "sse4_2", "ssse3"],
  },
);
