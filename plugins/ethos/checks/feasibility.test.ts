import { describe, expect, test } from "vitest";
import { trialOf } from "../../../test/trial.ts";
import { feasibility, type Machine, needsIn } from "./feasibility.ts";

const SMALL: Machine = { memory: 15.6 * 2 ** 30, vram: 0, diskFree: 20e9, cores: 4 };
const UNKNOWN: Machine = { memory: Number.POSITIVE_INFINITY, vram: null, diskFree: null, cores: Number.POSITIVE_INFINITY };

const warned = async (answer: string, machine: Machine) =>
  (await feasibility(trialOf("How do I run it?", answer), async () => machine)).map(({ warning }) => warning.text);

describe("what a small machine lacks is said", () => {
  const check = (answer: string, ...expected: readonly string[]) =>
    test(answer, async () => {
      const texts = await warned(answer, SMALL);
      expect(texts).toHaveLength(expected.length);
      for (const [i, text] of expected.entries()) expect(texts[i]).toContain(text);
    });
  check("The 70B model requires 64 GB of RAM.", "64 GB of memory; this machine has 17 GB");
  check("You need at least 32GB RAM and 100 GB of free disk space.", "32GB", "100 GB of free disk");
  check("Minimum: 24 GB VRAM.", "GPU");
  check("It requires an NVIDIA GPU with CUDA 12.", "GPU");
  check("Recommended: 16 CPU cores.", "16 CPU cores; this machine has 4");
  check("| memory required | 128 GiB RAM |", "128 GiB");
  check("A machine with 64 GB+ of memory.", "64 GB");
  check("It needs 16 GB of RAM.");
  check("It needs 8 GB of RAM and 4 cores.");
  check("It limits itself to 64 GB of memory.");
  check("The archive has 500 GB.");
  check("A GPU is not needed.");
  check("Run `npm install`.");
});

test("nothing is said of what could not be learned", async () => {
  expect(await warned("It requires 900 GB of RAM, 80 GB VRAM and 9 TB of disk space.", UNKNOWN)).toEqual([]);
});

test("the machine is looked at only when an answer makes a demand", async () => {
  const machine = () => Promise.reject(new Error("looked"));
  await expect(feasibility(trialOf("How?", "Run `npm install`."), machine)).resolves.toEqual([]);
  await expect(feasibility(trialOf("How?", "It requires 64 GB of RAM."), machine)).rejects.toThrow("looked");
});

test("a very long line is read without delay", () => {
  expect(needsIn(`requires ${"1 GB of RAM, ".repeat(20_000)}`)).toHaveLength(20_000);
});
