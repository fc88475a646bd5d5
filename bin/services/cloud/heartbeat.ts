import { Heartbeat, readGpu } from "../../../plugins/telemetry/index.ts";
import type { Tunnel } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";

/** The sign of life as the settings want it. @param work what this process is doing; asked at each */
export function heartbeatOf(
  tunnel: Tunnel,
  home: string,
  { cloud }: Config,
  deviceId: string,
  work: () => { readonly activeSessions: number; readonly pendingQueries: number },
): Heartbeat {
  const vitals = cloud.vitals ? { home, readGpu: async () => readGpu(await gpuVendor(home)), work } : undefined;
  return new Heartbeat({ link: tunnel, deviceId, intervalMs: cloud.heartbeatSeconds * 1000, vitals, project: () => undefined });
}

/** Of a card that works: others are not asked how busy they are. */
async function gpuVendor(home: string): Promise<string | undefined> {
  const { readHardware } = await import("../../../plugins/hardware/index.ts");
  return (await readHardware(home)).gpus.find(({ api }) => api !== null)?.vendor;
}
