import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { parseNvidiaSmi, readAmd } from "./gpu.ts";
import { Heartbeat, type HeartbeatLink } from "./heartbeat.ts";
import { isStrained } from "./prewarm.ts";
import { cpuUsage, type GpuReading, readCpuTimes, readVitals } from "./vitals.ts";

const cool = { usage: 0.1, celsius: 40 };

test("strain begins above 80 % or 80 °C and ends only well below", () => {
  const readings: (GpuReading | undefined)[] = [
    cool,
    { usage: 0.8, celsius: 80 },
    { usage: 0.81, celsius: 40 },
    { usage: 0.75, celsius: 40 },
    { usage: 0.7, celsius: 75 },
    { usage: 0.1, celsius: 81 },
    { usage: 0.1, celsius: 76 },
    undefined,
  ];
  const seen: boolean[] = [];
  for (const reading of readings) seen.push(isStrained(seen.at(-1) ?? false, reading));
  expect(seen).toEqual([false, false, true, true, false, true, true, false]);
});

test("the driver's words about cards are read, and the busiest counts", () => {
  expect(parseNvidiaSmi("3, 41\n97, 78\n")).toEqual({ usage: 0.97, celsius: 78 });
  for (const text of ["", "[N/A], 50", "No devices were found", "500, 20"]) expect(parseNvidiaSmi(text)).toBeUndefined();
});

test("the kernel's files about cards are read", () => {
  const folder = mkdtempSync(join(tmpdir(), "drm-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  expect(readAmd(folder)).toBeUndefined();
  const device = join(folder, "card0", "device");
  mkdirSync(join(device, "hwmon", "hwmon3"), { recursive: true });
  writeFileSync(join(device, "gpu_busy_percent"), "64\n");
  writeFileSync(join(device, "hwmon", "hwmon3", "temp1_input"), "71000\n");
  expect(readAmd(folder)).toEqual({ usage: 0.64, celsius: 71 });
});

test("usage of the processor is that of the time between two readings", () => {
  expect(cpuUsage({ busy: 100, all: 200 }, { busy: 150, all: 400 })).toBe(0.25);
  expect(cpuUsage({ busy: 1, all: 2 }, { busy: 1, all: 2 })).toBe(0);
});

test("vitals of this machine are shares of the whole, and hold nothing but numbers and the model's name", async () => {
  const source = { home: tmpdir(), readGpu: async () => cool, work: () => ({ activeSessions: 1, pendingQueries: 2, loadedModel: "m" }) };
  const vitals = await readVitals(source, readCpuTimes());
  for (const share of [vitals.cpuUsage, vitals.memoryUsage, vitals.diskUsage])
    expect(share).toSatisfy((value: number) => value >= 0 && value <= 1);
  expect(vitals).toMatchObject({ gpuUsage: 0.1, gpuTempCelsius: 40, activeSessions: 1, pendingQueries: 2, loadedModel: "m" });
  expect(Object.values(vitals).filter((value) => typeof value === "string")).toEqual(["m"]);
});

/** A link that acknowledges what `answers` says, in order. */
function linkOf(answers: boolean[]) {
  const seen: { beats: { sequence?: bigint; vitals?: unknown }[]; heard: boolean[]; renewed: number; warmed: string[] } = {
    beats: [],
    heard: [],
    renewed: 0,
    warmed: [],
  };
  const link = {
    isConnected: true,
    request: async (_: string, beat: { sequence?: bigint; vitals?: unknown }) => {
      seen.beats.push(beat);
      if (!answers.shift()) throw new Error("no answer");
      return { sequence: beat.sequence };
    },
    send: (_: string, signal: { projectId?: string }) => void seen.warmed.push(signal.projectId ?? ""),
    heard: (ms: number | undefined) => void seen.heard.push(ms !== undefined),
    renew: () => {
      seen.renewed += 1;
    },
  } as unknown as HeartbeatLink;
  return { link, seen };
}

test("heartbeats are numbered, misses are counted, and the third in a row opens the link anew", async () => {
  const { link, seen } = linkOf([true, false, true, false, false, false, true]);
  const heart = new Heartbeat({ link, deviceId: "d", intervalMs: 1_000, vitals: undefined, wanted: async () => undefined });
  for (let i = 0; i < 7; i += 1) await heart.beat();
  expect(seen.beats.map(({ sequence }) => sequence)).toEqual([1n, 2n, 3n, 4n, 5n, 6n, 7n]);
  expect(seen.heard).toEqual([true, false, true, false, false, false, true]);
  expect(seen.renewed).toBe(1);
  expect(heart.counts).toMatchObject({ sent: 7, acknowledged: 3, missed: 4 });
  expect(seen.beats.every(({ vitals }) => vitals === undefined)).toBe(true);
});

test("strain is told once, until it is over", async () => {
  const { link, seen } = linkOf(Array(5).fill(true));
  const gpus = [cool, { usage: 0.9, celsius: 60 }, { usage: 0.95, celsius: 60 }, cool, { usage: 0.9, celsius: 60 }];
  const vitals = { home: tmpdir(), readGpu: async () => gpus.shift(), work: () => ({ activeSessions: 0, pendingQueries: 0 }) };
  const heart = new Heartbeat({ link, deviceId: "d", intervalMs: 1_000, vitals, wanted: async () => ({ projectId: "p" }) });
  for (let i = 0; i < 5; i += 1) await heart.beat();
  expect(seen.warmed).toEqual(["p", "p"]);
});

test("it beats until it is told to stop", async () => {
  const { link, seen } = linkOf(Array(1_000).fill(true));
  const stop = new AbortController();
  const running = new Heartbeat({ link, deviceId: "d", intervalMs: 5, vitals: undefined, wanted: async () => undefined }).run(stop.signal);
  await expect.poll(() => seen.beats.length).toBeGreaterThan(3);
  stop.abort();
  await running;
});
