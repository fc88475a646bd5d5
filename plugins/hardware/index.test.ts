import { availableParallelism, tmpdir } from "node:os";
import { expect, test } from "vitest";
import { readHardware } from "./index.ts";
import { recorded } from "./recorded.fixture.ts";

test("this machine is told", async () => {
  const { cpu, memory, disk } = await readHardware(tmpdir());
  expect(cpu.cores).toBeGreaterThan(0);
  expect(cpu.cores).toBeLessThanOrEqual(availableParallelism());
  expect(cpu.model).toMatch(/\w/);
  expect(memory.available).toBeGreaterThan(0);
  expect(memory.available).toBeLessThanOrEqual(memory.total);
  expect(disk?.free).toBeGreaterThan(0);
});

test("a container's share of processors and memory is what counts", async () => {
  const container = recorded("linux", {
    "/proc/cpuinfo": "model name\t: Some Chip\n",
    "/proc/meminfo": "MemTotal: 64000000 kB\nMemAvailable: 32000000 kB\n",
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": "1000000000\n",
    "/sys/fs/cgroup/memory.current": "400000000\n",
    "/sys/fs/cgroup/cpu.max": "50000 100000\n",
  });
  expect(await readHardware(tmpdir(), container)).toMatchObject({
    cpu: { model: "Some Chip", cores: 1 },
    memory: { total: 1_000_000_000, available: 600_000_000, limit: 1_000_000_000 },
    gpus: [],
  });
});
