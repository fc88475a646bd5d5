import type { Gpu } from "../hardware.ts";
import type { Probe } from "../probe.ts";

const DEVICES = "/sys/bus/pci/devices";
/** Display controllers; 0x0302 is a card without a monitor, as in servers. Virtual machines' screens have other vendors. */
const DISPLAY = /^0x03/;
const VENDORS: Readonly<Record<string, string>> = { "0x10de": "NVIDIA", "0x1002": "AMD", "0x8086": "Intel" };

/** The graphics devices on Linux's PCI bus, seen whether or not a driver answers for them. */
export function readPciGraphics({ read, list }: Pick<Probe, "read" | "list">): Gpu[] {
  return [...list(DEVICES)].sort().flatMap((address) => {
    const at = (name: string) => read(`${DEVICES}/${address}/${name}`)?.trim() ?? "";
    const vendor = VENDORS[at("vendor")];
    if (vendor === undefined || !DISPLAY.test(at("class"))) return [];
    return { vendor, model: `device ${at("device")}`, vram: null, free: null, unified: false, api: null, driver: null, capability: null };
  });
}
