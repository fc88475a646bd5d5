/** Recorded answers of machines with GPUs. */
import { expect, test } from "vitest";
import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";
import { recorded } from "../recorded.fixture.ts";
import { readGpus } from "./index.ts";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;
const QUERY = "nvidia-smi --query-gpu=name,memory.total,memory.free,driver_version,compute_cap --format=csv,noheader,nounits";
const OLD_QUERY = "nvidia-smi --query-gpu=name,memory.total,memory.free,driver_version --format=csv,noheader,nounits";

const pci = (address: string, vendor: string, device: string, kind: string) => ({
  [`/sys/bus/pci/devices/${address}/vendor`]: `${vendor}\n`,
  [`/sys/bus/pci/devices/${address}/device`]: `${device}\n`,
  [`/sys/bus/pci/devices/${address}/class`]: `${kind}\n`,
});

const nothing: Omit<Gpu, "vendor" | "model"> = { vram: null, free: null, unified: false, api: null, driver: null, capability: null };

const check = (name: string, probe: Probe, expected: readonly Gpu[], memory = 32 * GIB) =>
  test(name, async () => expect(await readGpus(probe, memory)).toEqual(expected));

check("a machine without a GPU", recorded("linux", pci("0000:00:02.0", "0x1234", "0x1111", "0x030000")), []);

check(
  "NVIDIA: two cards, and the processor's own graphics",
  recorded(
    "linux",
    { ...pci("0000:00:02.0", "0x8086", "0x4680", "0x030000"), ...pci("0000:01:00.0", "0x10de", "0x2684", "0x030000") },
    { [QUERY]: "NVIDIA GeForce RTX 4090, 24564, 23028, 550.54.14, 8.9\nNVIDIA GeForce GTX 1650, 4096, 3911, 550.54.14, 7.5\n" },
  ),
  [
    {
      vendor: "NVIDIA",
      model: "NVIDIA GeForce RTX 4090",
      vram: 24564 * MIB,
      free: 23028 * MIB,
      unified: false,
      api: "cuda",
      driver: "550.54.14",
      capability: "8.9",
    },
    {
      vendor: "NVIDIA",
      model: "NVIDIA GeForce GTX 1650",
      vram: 4096 * MIB,
      free: 3911 * MIB,
      unified: false,
      api: "cuda",
      driver: "550.54.14",
      capability: "7.5",
    },
    { vendor: "Intel", model: "device 0x4680", ...nothing },
  ],
);

check(
  "NVIDIA: an old driver that does not know compute capability",
  recorded(
    "win32",
    {},
    { [QUERY]: 'Field "compute_cap" is not a valid field to query.\n', [OLD_QUERY]: "Tesla K80, 11441, 11438, 470.82.01\n" },
  ),
  [
    {
      vendor: "NVIDIA",
      model: "Tesla K80",
      vram: 11441 * MIB,
      free: 11438 * MIB,
      unified: false,
      api: "cuda",
      driver: "470.82.01",
      capability: null,
    },
  ],
);

check("NVIDIA: memory shared with the system", recorded("linux", {}, { [QUERY]: "NVIDIA GB10, [N/A], [N/A], 580.95.05, 12.1\n" }), [
  {
    vendor: "NVIDIA",
    model: "NVIDIA GB10",
    vram: 32 * GIB,
    free: null,
    unified: true,
    api: "cuda",
    driver: "580.95.05",
    capability: "12.1",
  },
]);

check(
  "NVIDIA: a card whose driver does not answer is told without an interface",
  recorded("linux", pci("0000:01:00.0", "0x10de", "0x2204", "0x030200"), {
    [QUERY]:
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\n",
  }),
  [{ vendor: "NVIDIA", model: "device 0x2204", ...nothing }],
);

check("NVIDIA: no devices were found", recorded("linux", {}, { [QUERY]: "No devices were found\n" }), []);

check(
  "AMD: ROCm, in the words of version 6",
  recorded("linux", pci("0000:03:00.0", "0x1002", "0x744c", "0x030000"), {
    "rocm-smi": `WARNING: AMD GPU device(s) is/are in a low-power state.
{"card0": {"VRAM Total Memory (B)": "25753026560", "VRAM Total Used Memory (B)": "27820032", "Card Series": "Radeon RX 7900 XTX", "Card Model": "0x744c", "GFX Version": "gfx1100"}, "system": {"Driver version": "6.8.5"}}`,
  }),
  [
    {
      vendor: "AMD",
      model: "Radeon RX 7900 XTX",
      vram: 25753026560,
      free: 25725206528,
      unified: false,
      api: "rocm",
      driver: "6.8.5",
      capability: "gfx1100",
    },
  ],
);

check(
  "AMD: ROCm, in the words of version 5",
  recorded(
    "linux",
    {},
    {
      "/opt/rocm/bin/rocm-smi": `{"card10": {"VRAM Total Memory (B)": "68702699520", "VRAM Total Used Memory (B)": "0", "Card series": "AMD INSTINCT MI250"}, "card2": {"VRAM Total Memory (B)": "N/A", "Card series": "N/A"}}`,
    },
  ),
  [
    { vendor: "AMD", model: "unknown", ...nothing, api: "rocm" },
    { vendor: "AMD", model: "AMD INSTINCT MI250", ...nothing, vram: 68702699520, free: 68702699520, api: "rocm" },
  ],
);

check(
  "AMD: without ROCm the kernel's driver still tells the memory",
  recorded("linux", {
    "/sys/class/drm/card1/device/vendor": "0x1002\n",
    "/sys/class/drm/card1/device/device": "0x73df\n",
    "/sys/class/drm/card1/device/mem_info_vram_total": `${12 * GIB}\n`,
    "/sys/class/drm/card1/device/mem_info_vram_used": `${GIB}\n`,
    "/sys/class/drm/card1-DP-1/status": "connected\n",
  }),
  [{ vendor: "AMD", model: "device 0x73df", ...nothing, vram: 12 * GIB, free: 11 * GIB }],
);

const displays = (...entries: object[]) => ({ "/usr/sbin/system_profiler": JSON.stringify({ SPDisplaysDataType: entries }) });

check(
  "Apple: unified memory, of which two thirds are lent out",
  recorded(
    "darwin",
    {},
    displays({
      _name: "Apple M2 Pro",
      spdisplays_mtlgpufamilysupport: "spdisplays_metal3",
      spdisplays_vendor: "sppci_vendor_Apple",
      sppci_cores: "19",
      sppci_model: "Apple M2 Pro",
    }),
  ),
  [
    {
      vendor: "Apple",
      model: "Apple M2 Pro",
      ...nothing,
      vram: Math.floor((32 * GIB * 2) / 3),
      unified: true,
      api: "metal",
      capability: "metal3",
    },
  ],
);

check(
  "Apple: the cards of an Intel Mac compute no models",
  recorded(
    "darwin",
    {},
    displays(
      { sppci_model: "Intel UHD Graphics 630", spdisplays_vendor: "Intel", spdisplays_vram: "1536 MB" },
      { sppci_model: "Radeon Pro 560X", spdisplays_vendor: "sppci_vendor_amd", spdisplays_vram: "4 GB" },
    ),
  ),
  [
    { vendor: "Intel", model: "Intel UHD Graphics 630", ...nothing, vram: 1536 * MIB },
    { vendor: "AMD", model: "Radeon Pro 560X", ...nothing, vram: 4 * GIB },
  ],
);

for (const text of ["", "{", "null", "[]", '{"SPDisplaysDataType": 3}', '{"SPDisplaysDataType": [null, 1]}'])
  check(`Apple: ${JSON.stringify(text)} tells nothing`, recorded("darwin", {}, { "/usr/sbin/system_profiler": text }), []);

for (const text of ["", "{", "[1]", "not supported", '{"card0": 5}'])
  check(
    `AMD: ${JSON.stringify(text)} ends nothing`,
    recorded("linux", {}, { "rocm-smi": text }),
    text === '{"card0": 5}' ? [{ vendor: "AMD", model: "unknown", ...nothing, api: "rocm" }] : [],
  );
