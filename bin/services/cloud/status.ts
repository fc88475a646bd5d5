import { SynesisError } from "../../../kernel/index.ts";
import { type Device, isDueForRenewal } from "../../../plugins/tunnel/device-store.ts";
import { type LinkKind, Tunnel } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";
import { refusedKey, tunnelWorker } from "./account.ts";
import { currentDevice } from "./device.ts";
import { heartbeatOf } from "./heartbeat.ts";
import { tunnelOptions } from "./tunnel.ts";

export interface CloudStatus {
  readonly state: "disconnected" | "connected" | "failed";
  readonly gateway: string | null;
  readonly link: LinkKind | null;
  /** From a heartbeat to its acknowledgement, through to the Worker and back; null where it did not come. */
  readonly latencyMs: number | null;
  readonly device: { readonly id: string; readonly user: string } | null;
  readonly certificate: { readonly expires: string; readonly daysLeft: number; readonly renew: boolean } | null;
  /** Changes of the kind of link while connecting, and why. */
  readonly switches: readonly { readonly from: LinkKind; readonly to: LinkKind; readonly because: string | null }[];
  readonly error: { readonly code: string; readonly message: string; readonly next: string } | null;
}

const DAY_MS = 86_400_000;
const idle = () => ({ activeSessions: 1, pendingQueries: 0 });

/** Connects once, as any request would, and says how that went. Where there is no way to the cloud nothing is sent. */
export async function cloudStatus(
  home: string,
  config: Config,
  version: string,
  { signal, notice }: { readonly signal: AbortSignal; readonly notice: (text: string) => Promise<void> },
): Promise<CloudStatus> {
  const device = await currentDevice(home, config, { signal, notice });
  const none = { gateway: config.cloud.gateway || null, link: null, latencyMs: null, switches: [], error: null };
  const status = {
    ...none,
    state: "disconnected" as const,
    device: device ? { id: device.deviceId, user: device.userId } : null,
    certificate: device ? describe(device) : null,
  };
  const options = tunnelOptions(config, device, version, 1, tunnelWorker(home, config));
  if (options.links.length === 0) return status;
  const tunnel = new Tunnel(options);
  const onAbort = () => void tunnel.disconnect(0);
  signal.addEventListener("abort", onAbort);
  try {
    await tunnel.connect();
    const { state } = tunnel;
    const latencyMs = (await heartbeatOf(tunnel, home, config, options.deviceId, idle).beat()) ?? null;
    return {
      ...status,
      state: "connected",
      link: state.kind === "connected" ? state.link : null,
      latencyMs,
      switches: tunnel.statistics.switches,
    };
  } catch (thrown) {
    const error = refusedKey(thrown, home, config);
    if (!(error instanceof SynesisError) || signal.aborted) throw error;
    return { ...status, state: "failed", error: { code: error.code, message: error.message, next: error.next } };
  } finally {
    signal.removeEventListener("abort", onAbort);
    await tunnel.disconnect(1_000);
  }
}

function describe(device: Device): NonNullable<CloudStatus["certificate"]> {
  const { expires } = device;
  const daysLeft = Math.floor((expires - Date.now()) / DAY_MS);
  return { expires: new Date(expires).toISOString(), daysLeft, renew: isDueForRenewal(device, Date.now()) };
}
