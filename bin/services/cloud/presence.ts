import type { Config } from "../config.ts";

/** Whose presence is shown, and what the sign of life says of its work. */
export interface Present {
  readonly home: string;
  readonly config: Config;
  /** This program's version. */
  readonly version: string;
  readonly work: () => { readonly activeSessions: number; readonly pendingQueries: number };
}

/**
 * Keeps the tunnel open, with its signs of life, for as long as `use` runs: the cloud then knows that this device is
 * there. Where no gateway is set or the device is not signed in, nothing is sent. What goes wrong never disturbs `use`.
 */
export async function withPresence<T>(present: Present, use: () => Promise<T>): Promise<T> {
  const leave = present.config.cloud.gateway === "" ? undefined : await appear(present).catch(() => undefined);
  try {
    return await use();
  } finally {
    await leave?.();
  }
}

async function appear({ home, config, version, work }: Present): Promise<(() => Promise<void>) | undefined> {
  const [{ loadDevice }, { Tunnel }, { tunnelOptions }, { heartbeatOf }] = await Promise.all([
    import("../../../plugins/tunnel/device-store.ts"),
    import("../../../plugins/tunnel/index.ts"),
    import("./tunnel.ts"),
    import("./heartbeat.ts"),
  ]);
  const device = loadDevice(home);
  if (!device) return undefined;
  const tunnel = new Tunnel(tunnelOptions(config, device, version, Number.POSITIVE_INFINITY));
  const stop = new AbortController();
  tunnel.connect().then(
    () => heartbeatOf(tunnel, home, config, device.deviceId, work).run(stop.signal),
    () => {},
  );
  return async () => {
    stop.abort();
    await tunnel.disconnect(1_000);
  };
}
