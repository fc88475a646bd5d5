import { expect, test } from "vitest";
import { type ContainerLimits, readContainerLimits } from "./cgroup.ts";
import { recorded } from "./recorded.fixture.ts";

const GIB = 1024 ** 3;
const none: ContainerLimits = { memory: null, used: null, cpus: null };

const check = (name: string, files: Record<string, string>, expected: ContainerLimits) =>
  test(name, () => expect(readContainerLimits(recorded("linux", files))).toEqual(expected));

check("a machine without control groups has no limits", {}, none);

check(
  "version 2: a container that sees its own group as the root",
  {
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": `${4 * GIB}\n`,
    "/sys/fs/cgroup/memory.current": `${3 * GIB}\n`,
    "/sys/fs/cgroup/memory.stat": `anon 1073741824\ninactive_file ${GIB}\n`,
    "/sys/fs/cgroup/cpu.max": "150000 100000\n",
  },
  { memory: 4 * GIB, used: 2 * GIB, cpus: 1.5 },
);

check(
  "version 2: the tightest of a group and its parents counts",
  {
    "/proc/self/cgroup": "0::/user.slice/app.scope\n",
    "/sys/fs/cgroup/user.slice/app.scope/memory.max": "max\n",
    "/sys/fs/cgroup/user.slice/app.scope/cpu.max": "max 100000\n",
    "/sys/fs/cgroup/user.slice/memory.max": `${8 * GIB}\n`,
    "/sys/fs/cgroup/user.slice/memory.current": `${GIB}\n`,
    "/sys/fs/cgroup/user.slice/cpu.max": "200000 100000\n",
  },
  { memory: 8 * GIB, used: GIB, cpus: 2 },
);

check(
  "version 1: a container that sees its path on the host",
  {
    "/proc/self/cgroup": "9:memory:/docker/4f1c\n5:cpu,cpuacct:/docker/4f1c\n1:name=systemd:/docker/4f1c\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "2147483648\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1073741824\n",
    "/sys/fs/cgroup/memory/memory.stat": "cache 5\ntotal_inactive_file 73741824\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n",
    "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
  },
  { memory: 2 * GIB, used: 1_000_000_000, cpus: 0.5 },
);

check(
  "version 1: the largest number means no limit",
  {
    "/proc/self/cgroup": "4:memory:/\n1:cpu:/\n0::/\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
    "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
  },
  none,
);

check(
  "what is no number is no limit",
  { "/proc/self/cgroup": "garbage\n::::\n", "/sys/fs/cgroup/memory.max": "lots\n", "/sys/fs/cgroup/cpu.max": "x y\n" },
  none,
);
