import { fork } from "node:child_process";
import { createPublicKey } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prepareDevelopment } from "../gateway/development.ts";
import { freePort } from "../gateway/free-port.ts";

/** A gateway of QUIC and HTTP/2 in a process of its own, on a free port of this machine. */
export interface LocalGateway {
  /** HOST:PORT, for UDP and TCP. */
  readonly address: string;
  /** What the Worker must be told to know the gateway, and to certify devices for it. */
  readonly settings: Readonly<Record<"GATEWAY_KEY" | "GATEWAY_ADDRESS" | "GATEWAY_CA_CERT" | "DEVICE_CA_CERT" | "DEVICE_CA_KEY", string>>;
  start(worker: URL): Promise<void>;
  close(): Promise<void>;
}

const MAIN = join(import.meta.dirname, "../gateway/main.ts");

/** Makes its CA and its keys, which are gone again when it is closed, and takes a port; `start` starts it. */
export async function prepareLocalGateway(): Promise<LocalGateway> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-"));
  const files = await prepareDevelopment(folder);
  const port = await freePort("127.0.0.1");
  const address = `localhost:${port}`;
  const ca = readFileSync(files.caCert, "utf8");
  const signing = createPublicKey(readFileSync(files.signingPublic, "utf8"));
  const stop = new AbortController();
  let gone: Promise<unknown> = Promise.resolve();
  return {
    address,
    settings: {
      GATEWAY_KEY: signing.export({ type: "spki", format: "der" }).toString("base64"),
      GATEWAY_ADDRESS: address,
      GATEWAY_CA_CERT: ca,
      DEVICE_CA_CERT: ca,
      DEVICE_CA_KEY: readFileSync(files.caKey, "utf8"),
    },
    async start(worker) {
      const at = ["--listen", `127.0.0.1:${port}`, "--metrics", "127.0.0.1:0", "--revocations", "1", "--grace", "0"];
      const child = fork(MAIN, ["--development", folder, "--upstream", worker.href, ...at], {
        stdio: ["ignore", "pipe", "inherit", "ipc"],
      });
      stop.signal.addEventListener("abort", () => child.kill("SIGTERM"));
      gone = once(child, "exit");
      await Promise.race([once(child.stdout as NodeJS.ReadableStream, "data"), gone.then(() => Promise.reject(new Error("no gateway")))]);
    },
    async close() {
      stop.abort();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
