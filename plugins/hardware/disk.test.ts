import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { linuxDiskKind, parseDiskutil, readDisk } from "./disk.ts";
import { thisMachine } from "./probe.ts";
import { recorded } from "./recorded.fixture.ts";

const MOUNTS = `25 1 259:2 / / rw,relatime shared:1 - ext4 /dev/nvme0n1p2 rw
30 25 8:17 / /data rw - ext4 /dev/sdb1 rw
31 25 0:40 / /data/nas rw shared:9 - nfs4 server:/export rw
32 25 0:41 / /tmp rw - tmpfs tmpfs rw
33 25 8:33 / /my\\040disk rw - ext4 /dev/sdc1 rw
34 25 254:0 / /virtual rw - ext4 /dev/vda rw
`;
const files = {
  "/proc/self/mountinfo": MOUNTS,
  "/sys/dev/block/259:2/../queue/rotational": "0\n",
  "/sys/dev/block/8:17/../queue/rotational": "1\n",
  "/sys/dev/block/8:33/../queue/rotational": "0\n",
  "/sys/dev/block/254:0/queue/rotational": "1\n",
  "/sys/dev/block/254:0/uevent": "MAJOR=254\nMINOR=0\nDEVNAME=vda\n",
};

const check = (folder: string, expected: ReturnType<typeof linuxDiskKind>) =>
  test(`the disk below ${folder} is of kind ${expected}`, () => expect(linuxDiskKind(recorded("linux", files), folder)).toBe(expected));

check("/", "ssd");
check("/home/someone", "ssd");
check("/data", "hdd");
check("/database", "ssd");
check("/data/nas/models", "network");
check("/tmp/x", "memory");
check("/my disk/models", "ssd");
check("/virtual", null);

test("without a table of mounts the kind is unknown", () => expect(linuxDiskKind(recorded("linux"), "/home")).toBeNull());

test("macOS says whether a volume is solid", () => {
  expect(parseDiskutil("   Device Location:  Internal\n   Solid State:               Yes\n")).toBe("ssd");
  expect(parseDiskutil("   Solid State:               No\n")).toBe("hdd");
  expect(parseDiskutil("Could not find disk")).toBeNull();
});

test("the disk of a folder that does not exist yet is that of the folder above", async () => {
  const folder = mkdtempSync(join(tmpdir(), "disk-"));
  const disk = await readDisk(thisMachine, join(folder, "not", "there"));
  expect(disk?.total).toBe((await readDisk(thisMachine, folder))?.total);
  expect(disk?.free).toBeGreaterThan(0);
});
