/** A Worker's stand-in and gateways as processes of their own, and the certificates they need. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addDevelopmentDevice, prepareDevelopment } from "../../cloud/gateway/development.ts";
import { DEFAULT_BACKOFF, type Target, TUNNEL_DEFAULTS, Tunnel, type TunnelOptions } from "../../plugins/tunnel/index.ts";
import { LOOPBACK, type Place } from "./namespace.ts";

const ROOT = join(import.meta.dirname, "../..");

export interface Started<Hello> {
  readonly child: ChildProcess;
  readonly hello: Hello;
  /** What it wrote to stderr so far. */
  readonly errors: () => string;
}

export type GatewayProcess = Started<{ listening: { host: string; port: number }; metrics: { host: string; port: number }; quic: boolean }>;

/** Everything of one test: ended, and removed, by `close`. */
export class Cloud {
  readonly folder = mkdtempSync(join(tmpdir(), "tunnel-"));
  readonly #place: Place;
  readonly #children = new Set<ChildProcess>();
  #workerPort = 0;
  #securePort = 0;
  #ca = "";

  static async start(place = LOOPBACK): Promise<Cloud> {
    const cloud = new Cloud(place);
    await cloud.startWorker();
    return cloud;
  }

  private constructor(place: Place) {
    this.#place = place;
  }

  async startWorker(): Promise<void> {
    const { signingPublic, key, cert, caCert } = await prepareDevelopment(this.folder);
    this.#ca = readFileSync(caCert, "utf8");
    const { hello } = await this.spawn<{ port: number; securePort: number }>([
      "test/tunnel/worker.process.ts",
      signingPublic,
      String(this.#workerPort),
      key,
      cert,
      this.#place.host,
    ]);
    this.#workerPort = hello.port;
    this.#securePort = hello.securePort;
  }

  get workerUrl(): URL {
    return new URL(`http://${this.#place.host}:${this.#workerPort}`);
  }

  /** The Worker as a device reaches it that has no gateway. */
  get worker(): NonNullable<Target["worker"]> {
    return { url: new URL(`https://localhost:${this.#securePort}`), token: "a-token", ca: this.#ca };
  }

  /** A gateway on a free port, or on the port given. */
  startGateway(more: readonly string[] = [], port = 0): Promise<GatewayProcess> {
    return this.spawn([
      "cloud/gateway/main.ts",
      "--development",
      this.folder,
      "--upstream",
      this.workerUrl.href,
      "--listen",
      `${this.#place.host}:${port}`,
      "--metrics",
      `${this.#place.host}:0`,
      ...more,
    ]);
  }

  async device(deviceId: string, userId = "user"): Promise<Target["identity"]> {
    const { caCert } = await prepareDevelopment(this.folder);
    const { key, cert } = await addDevelopmentDevice(this.folder, deviceId, userId);
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8"), ca: readFileSync(caCert, "utf8") };
  }

  /** How often the Worker did each request. */
  async done(): Promise<Record<string, number>> {
    // on a connection of its own: one that was kept may have lost its network meanwhile
    const answer = await fetch(new URL("/done", this.workerUrl), { headers: { connection: "close" } });
    return (await answer.json()) as Record<string, number>;
  }

  /** Starts a process and waits for the line in which it says where it is. */
  async spawn<Hello>(args: readonly string[]): Promise<Started<Hello>> {
    const [command = "", ...rest] = [...this.#place.prefix, process.execPath, ...args];
    const child = spawn(command, rest, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    this.#children.add(child);
    let errors = "";
    child.stderr.on("data", (text) => {
      errors += text;
    });
    const line = await new Promise<string>((resolve, reject) => {
      let text = "";
      child.stdout.on("data", (more) => {
        text += more;
        if (text.includes("\n")) resolve(text);
      });
      child.once("exit", (code) => reject(new Error(`${args[0]} ended with ${code}: ${errors}`)));
    });
    return { child, hello: JSON.parse(line.split("\n")[0] ?? ""), errors: () => errors };
  }

  close(): void {
    for (const child of this.#children) child.kill("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export function targetOf(gateway: GatewayProcess, identity: Target["identity"], more: Partial<Target> = {}): Target {
  return {
    ...gateway.hello.listening,
    serverName: "localhost",
    identity,
    pins: [],
    idleMs: 6_000,
    keepAliveMs: 750,
    datagramBytes: 1350,
    ...more,
  };
}

/** A tunnel with short waits. */
export function openTunnel(deviceId: string, target: () => Target, more: Partial<TunnelOptions> = {}): Tunnel {
  return new Tunnel({
    ...TUNNEL_DEFAULTS,
    policy: { ...DEFAULT_BACKOFF, maxAttempts: Number.POSITIVE_INFINITY },
    deviceId,
    clientVersion: "0",
    target: async () => target(),
    timeoutMs: 1_500,
    ...more,
  });
}
