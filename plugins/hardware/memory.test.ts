import { expect, test } from "vitest";
import { parseMeminfo, parseVmStat, withinLimits } from "./memory.ts";

test("Linux says what is available", () => {
  expect(parseMeminfo("MemTotal:       16303428 kB\nMemFree:          412100 kB\nMemAvailable:   11234567 kB\nCached: 5 kB\n")).toEqual({
    total: 16303428 * 1024,
    available: 11234567 * 1024,
  });
});

test("an old Linux does not, and then free and cached memory count", () => {
  expect(parseMeminfo("MemTotal:       1000 kB\nMemFree:          200 kB\nCached:           300 kB\n")).toEqual({
    total: 1_024_000,
    available: 512_000,
  });
});

test("a text that says nothing gives nothing", () => expect(parseMeminfo("")).toBeUndefined());

test("macOS counts pages", () => {
  const text = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               100000.
Pages active:                             900000.
Pages inactive:                           200000.
Pages speculative:                         50000.
Pages purgeable:                           10000.
`;
  expect(parseVmStat(text)).toBe(360_000 * 16384);
  expect(parseVmStat("vm_stat: not allowed")).toBeUndefined();
});

const machine = { total: 16, available: 8 };
const check = (name: string, limits: Parameters<typeof withinLimits>[1], expected: ReturnType<typeof withinLimits>) =>
  test(name, () => expect(withinLimits(machine, limits)).toEqual(expected));

check("without a limit the machine counts", { memory: null, used: null, cpus: null }, { total: 16, available: 8, limit: null });
check("a limit above the machine's memory is none", { memory: 64, used: 1, cpus: null }, { total: 16, available: 8, limit: null });
check("a limit bounds both", { memory: 6, used: 2, cpus: null }, { total: 6, available: 4, limit: 6 });
check("the machine may have less than the limit leaves", { memory: 12, used: 1, cpus: null }, { total: 12, available: 8, limit: 12 });
