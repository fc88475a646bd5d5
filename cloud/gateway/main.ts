#!/usr/bin/env node
/** `npm run gateway -- --help`: the gateway as a process. */
import { readFileSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { addDevelopmentDevice, prepareDevelopment } from "./development.ts";
import { startGateway } from "./gateway.ts";
import { DEFAULT_LIMITS, type Limits } from "./limits.ts";

const HELP = `The gateway ends the tunnels of devices and forwards to the Worker.

  --upstream URL       the Worker
  --listen HOST:PORT   UDP and TCP (0.0.0.0:443)      --metrics HOST:PORT   health and metrics (127.0.0.1:9464)
  --cert FILE --key FILE   the gateway's own          --ca FILE             the CA of devices
  --signing-key FILE   Ed25519, signs what the Worker is told
  --revoked FILE       device ids and certificate serials that are no longer accepted, one a line
  --revocations SECONDS between two questions to the Worker for revoked devices (30)
  --limit NAME=N       ${Object.keys(DEFAULT_LIMITS).join(", ")}
  --id NAME            as the Worker is told          --grace SECONDS       for requests under way at SIGTERM (20)
  --timeout SECONDS    until the Worker must answer (120)
  --development DIR    makes a CA, certificates and keys in DIR and uses them; with --add-device ID[:USER], only adds a device
`;

const text = { type: "string" } as const;
const { values } = parseArgs({
  options: {
    upstream: text,
    listen: { ...text, default: "0.0.0.0:443" },
    metrics: { ...text, default: "127.0.0.1:9464" },
    cert: text,
    key: text,
    ca: text,
    "signing-key": text,
    revoked: text,
    revocations: { ...text, default: "30" },
    id: { ...text, default: hostname() },
    grace: { ...text, default: "20" },
    timeout: { ...text, default: "120" },
    development: text,
    "add-device": text,
    limit: { ...text, multiple: true },
    help: { type: "boolean" },
  },
});

const say = (line: string) => process.stderr.write(`${line}\n`);

if (values.help) process.stdout.write(HELP);
else if (values.development && values["add-device"]) await addDevice(values.development, values["add-device"]);
else await run();

async function addDevice(folder: string, device: string): Promise<void> {
  const [deviceId = "", userId = "developer"] = device.split(":");
  process.stdout.write(`${JSON.stringify(await addDevelopmentDevice(folder, deviceId, userId))}\n`);
}

async function run(): Promise<void> {
  const files = values.development ? await prepareDevelopment(values.development) : undefined;
  const gateway = await startGateway({
    id: values.id,
    listen: parseAddress(values.listen),
    metrics: parseAddress(values.metrics),
    upstream: new URL(required("upstream")),
    upstreamTimeoutMs: Number(values.timeout) * 1000,
    identity: {
      key: readFileSync(files?.key ?? required("key"), "utf8"),
      cert: readFileSync(files?.cert ?? required("cert"), "utf8"),
      ca: readFileSync(files?.caCert ?? required("ca"), "utf8"),
    },
    signingKey: readFileSync(files?.signingKey ?? required("signing-key"), "utf8"),
    revoked: values.revoked,
    revocationsEveryMs: Number(values.revocations) * 1000,
    limits: { ...DEFAULT_LIMITS, ...parseLimits(values.limit ?? []) },
    log: say,
  });
  // Whoever started it reads where it is from this line.
  process.stdout.write(`${JSON.stringify({ listening: gateway.address, metrics: gateway.metrics, quic: gateway.quic })}\n`);
  let stopping = false;
  const stop = (why: string) => {
    if (stopping) return;
    stopping = true;
    if (process.connected) process.disconnect();
    say(`${why}: no new requests; those under way are finished`);
    void gateway.stop(Number(values.grace) * 1000);
  };
  for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stop(name));
  process.once("disconnect", () => stop("the process that started it is gone"));
}

function required(name: "upstream" | "cert" | "key" | "ca" | "signing-key"): string {
  const value = values[name];
  if (!value) throw new Error(`--${name} is needed; --help shows all`);
  return value;
}

function parseAddress(text: string): { host: string; port: number } {
  const [, host = "", port = ""] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (!host) throw new Error(`${text} is not HOST:PORT`);
  return { host, port: Number(port) };
}

function parseLimits(texts: readonly string[]): Partial<Limits> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name = "", value = ""] = text.split("=");
      if (!Object.hasOwn(DEFAULT_LIMITS, name) || !(Number(value) > 0)) throw new Error(`--limit ${text} is not NAME=N`);
      return [name, Number(value)];
    }),
  );
}
