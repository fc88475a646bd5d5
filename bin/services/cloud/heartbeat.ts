import { Heartbeat, readGpu, type Wanted } from "../../../plugins/telemetry/index.ts";
import type { Tunnel } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";

/**
 * The sign of life as the settings want it.
 *
 * @param work what this process is doing; asked at each
 * @param wanted what it asks the cloud with
 */
export function heartbeatOf(
  tunnel: Tunnel,
  home: string,
  { cloud }: Config,
  deviceId: string,
  work: () => { readonly activeSessions: number; readonly pendingQueries: number },
  wanted: () => Promise<Wanted | undefined> = async () => undefined,
): Heartbeat {
  const vitals = cloud.vitals ? { home, readGpu: async () => readGpu(await gpuVendor(home)), work } : undefined;
  return new Heartbeat({ link: tunnel, deviceId, intervalMs: cloud.heartbeatSeconds * 1000, vitals, wanted });
}

/** Of a card that works: others are not asked how busy they are. */
async function gpuVendor(home: string): Promise<string | undefined> {
  const { readHardware } = await import("../../../plugins/hardware/index.ts");
  return (await readHardware(home)).gpus.find(({ api }) => api !== null)?.vendor;
}
