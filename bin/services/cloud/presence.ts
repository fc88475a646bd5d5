import { setTimeout as wait } from "node:timers/promises";
import type { Tunnel } from "../../../plugins/tunnel/index.ts";
import type { Manner } from "../ask.ts";
import type { Config } from "../config.ts";

/** Whose presence is shown, and what the sign of life says of its work. */
export interface Present {
  readonly home: string;
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => Promise<void>;
  /** This program's version. */
  readonly version: string;
  readonly work: () => { readonly activeSessions: number; readonly pendingQueries: number };
  /** What its questions ask the cloud with, so that this can be had ready before the machine is too busy. */
  readonly atCloud?: Manner["atCloud"];
}

/**
 * Keeps a way to the cloud open, with signs of life, for as long as `use` runs: the user's own account then knows that
 * this machine is there. Where nobody is signed in, or `cloud.presence` is off, nothing is sent. What goes wrong never
 * disturbs `use`, which does not wait for it either.
 */
export async function withPresence<T>(present: Present, use: () => Promise<T>): Promise<T> {
  const { gateway, api, presence } = present.config.cloud;
  if (!presence || (gateway === "" && api === "")) return use();
  const stop = new AbortController();
  const appeared = appear(present, stop.signal).catch(() => undefined);
  try {
    return await use();
  } finally {
    stop.abort(new DOMException("The command has ended", "AbortError"));
    await (await appeared)?.disconnect(1_000);
  }
}

/** How long after a renewal that failed the next is tried. */
const RENEW_AGAIN_MS = 3_600_000;

/** Connects in the background; undefined where there is no way to the cloud. */
async function appear({ home, config, version, work, atCloud, signal, notice }: Present, stop: AbortSignal): Promise<Tunnel | undefined> {
  const [{ currentDevice }, { isDueForRenewal }, { tunnelWorker }, { Tunnel }, { tunnelOptions }, { heartbeatOf }] = await Promise.all([
    import("./device.ts"),
    import("../../../plugins/tunnel/device-store.ts"),
    import("./account.ts"),
    import("../../../plugins/tunnel/index.ts"),
    import("./tunnel.ts"),
    import("./heartbeat.ts"),
  ]);
  const told = new Set<string>();
  const once = async (text: string) => {
    if (told.has(text)) return;
    told.add(text);
    await notice(text);
  };
  let device = await currentDevice(home, config, { signal: AbortSignal.any([signal, stop]), notice: once });
  const optionsNow = () => tunnelOptions(config, device, version, Number.POSITIVE_INFINITY, tunnelWorker(home, config));
  const options = optionsNow();
  if (options.links.length === 0 || stop.aborted) return undefined;
  const tunnel = new Tunnel({ ...options, target: () => optionsNow().target() });
  /** A command may run on for longer than its certificate holds. False when that is due and did not work. */
  const renewInTime = async () => {
    const now = await currentDevice(home, config, { signal: stop, notice: once }).catch(() => undefined);
    if (!now || isDueForRenewal(now, Date.now())) return false;
    if (now.expires !== device?.expires) {
      device = now;
      tunnel.renew();
    }
    return true;
  };
  const wanted = async () => {
    const { project, adapter } = (await atCloud?.()) ?? {};
    if (!project && !adapter) return undefined;
    return { ...(project && { projectId: project.id }), ...(adapter && { loraId: adapter.id }) };
  };
  tunnel.connect().then(
    () => {
      void heartbeatOf(tunnel, home, config, options.deviceId, work, wanted).run(stop);
      if (device) void again(renewInTime, config.cloud.heartbeatSeconds * 1000, stop);
    },
    () => {},
  );
  return tunnel;
}

/** Does something every `everyMs`, and after it failed only when an hour has passed. */
async function again(act: () => Promise<boolean>, everyMs: number, stop: AbortSignal): Promise<void> {
  for (let pauseMs = everyMs; ; pauseMs = (await act()) ? everyMs : RENEW_AGAIN_MS) {
    await wait(pauseMs, undefined, { signal: stop, ref: false }).catch(() => {});
    if (stop.aborted) return;
  }
}
