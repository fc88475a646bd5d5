/** What a machine has, as far as it matters for running models. Sizes in bytes; null means that it could not be learned. */
export interface Hardware {
  readonly cpu: Cpu;
  readonly memory: Memory;
  readonly gpus: readonly Gpu[];
  readonly disk: Disk | null;
}

export interface Cpu {
  readonly model: string;
  /** Threads of execution that this process may use; a container's limit is counted in. */
  readonly cores: number;
  /** Cores of the chip, without their second threads. */
  readonly physicalCores: number | null;
  readonly mhz: number | null;
  /** As Node names it: x64, arm64. */
  readonly arch: string;
  /** Those instruction sets that models are computed with, lower case. */
  readonly features: readonly string[];
}

export interface Memory {
  /** What this process may use at most: the machine's memory, or a container's limit below it. */
  readonly total: number;
  /** What is free now, or would be as soon as it is asked for. */
  readonly available: number;
  /** The container's limit, when there is one. */
  readonly limit: number | null;
}

export interface Gpu {
  readonly vendor: string;
  readonly model: string;
  /** Memory that models may use. Of unified memory it is the part that the system lends out. */
  readonly vram: number | null;
  readonly free: number | null;
  /** It works in the machine's own memory. */
  readonly unified: boolean;
  /** What it is programmed with; null when its driver does not answer, and then no model can use it. */
  readonly api: "cuda" | "rocm" | "metal" | null;
  readonly driver: string | null;
  /** CUDA's compute capability ("8.9") or AMD's architecture ("gfx1100"). */
  readonly capability: string | null;
}

export interface Disk {
  readonly total: number;
  readonly free: number;
  readonly kind: "ssd" | "hdd" | "network" | "memory" | null;
}
