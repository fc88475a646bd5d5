/** The service `cloudLink`: a tunnel that is opened by the first question that goes to the cloud. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type CloudLink, definePlugin, type Plugin, SynesisError } from "../../../kernel/index.ts";
import type { Tunnel } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";
import { packageRoot } from "../package-root.ts";

/** Attempts to connect in a row; whoever asks tries again. */
const ATTEMPTS = 1;
const GRACE_MS = 500;

export function cloudLink(home: string, config: Config): Plugin {
  let tunnel: Promise<Tunnel> | undefined;
  let opened: Tunnel | undefined;
  const connected = async (signal: AbortSignal) => {
    tunnel ??= openTunnel(home, config, signal).catch((error) => {
      tunnel = undefined; // the next attempt begins anew
      throw error;
    });
    opened = await tunnel;
    await opened.connect();
    return opened;
  };
  const link: CloudLink = {
    get state() {
      return opened?.state.kind ?? "disconnected";
    },
    async *escalate(brief, { signal, timeoutMs, beforeSending }) {
      const { escalateOver } = await import("../../../plugins/tunnel/escalate-over.ts");
      const stop = () => void opened?.disconnect(GRACE_MS);
      signal.throwIfAborted();
      signal.addEventListener("abort", stop, { once: true });
      try {
        yield* escalateOver(await connected(signal), brief, {
          signal,
          timeoutMs,
          beforeSending: (bytes) => beforeSending(cloudHost(config), bytes),
        });
      } catch (error) {
        throw (await import("./account.ts")).refusedKey(error, home, config);
      } finally {
        signal.removeEventListener("abort", stop);
      }
    },
  };
  return definePlugin({
    name: "cloud-link",
    api: 1,
    text: "redacted",
    provides: ["cloudLink"],
    setup: (context) => context.provide("cloudLink", link),
    close: async () => opened?.disconnect(GRACE_MS),
  });
}

/** Who gets what goes to the cloud, as HOST or HOST:PORT: the gateway, or without one the cloud itself; empty where nobody is set up. */
export function cloudHost({ cloud }: Config): string {
  return cloud.gateway || (cloud.api === "" ? "" : new URL(cloud.api).host);
}

/** @throws SynesisError DEVICE_UNKNOWN */
async function openTunnel(home: string, config: Config, signal: AbortSignal): Promise<Tunnel> {
  const [{ currentDevice }, { Tunnel }, { tunnelOptions }, { tunnelWorker }] = await Promise.all([
    import("./device.ts"),
    import("../../../plugins/tunnel/index.ts"),
    import("./tunnel.ts"),
    import("./account.ts"),
  ]);
  // That an old certificate could not be renewed is told by the commands that are about that.
  const device = await currentDevice(home, config, { signal, notice: async () => {} });
  const worker = tunnelWorker(home, config);
  if (!worker && !(device && config.cloud.gateway)) throw new SynesisError("DEVICE_UNKNOWN");
  const { version } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")) as { version: string };
  return new Tunnel(tunnelOptions(config, device, version, ATTEMPTS, worker));
}
