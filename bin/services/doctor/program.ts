/** Checks of the program itself: Node, native modules, the network of this machine. */
import { createSocket } from "node:dgram";
import { parseGateway } from "../cloud/gateway-address.ts";
import type { Config } from "../config.ts";
import { bad, type Check, good } from "./check.ts";

const OLDEST_NODE = 24;
/** Other checks run meanwhile: on a busy machine a datagram that has arrived is looked at late. */
const UDP_MS = 5_000;
const GATEWAY_MS = 2_000;

export function checkNode(version = process.versions.node): Check {
  const ok = Number.parseInt(version, 10) >= OLDEST_NODE;
  return ok
    ? good("node", `Node ${version}`)
    : bad(
        "node",
        `Node ${version} is too old`,
        `Install Node ${OLDEST_NODE}, for instance with \`npm install --global node@${OLDEST_NODE}\`.`,
      );
}

export async function checkNativeModules(): Promise<Check> {
  const [{ default: Sqlite }, { load }] = await Promise.all([import("better-sqlite3"), import("sqlite-vec")]);
  const db = new Sqlite(":memory:");
  try {
    load(db);
    const { sqlite, vec } = db.prepare("SELECT sqlite_version() AS sqlite, vec_version() AS vec").get() as Record<string, string>;
    return good("native modules", `SQLite ${sqlite}, sqlite-vec ${vec}`);
  } finally {
    db.close();
  }
}

/** The tunnel to the cloud prefers UDP: asks the gateway by it, or where there is none sends a datagram to this machine itself. */
export async function checkUdp({ cloud }: Pick<Config, "cloud">): Promise<Check> {
  if (cloud.gateway === "") return checkUdpHere();
  const { probeUdp } = await import("../../../plugins/tunnel/probe-udp.ts");
  const { host, port } = parseGateway(cloud.gateway);
  const ms = await probeUdp(host, port, GATEWAY_MS);
  return ms === undefined
    ? good(
        "udp",
        `no answer by UDP from ${cloud.gateway}; the tunnel uses HTTP/2`,
        `Allow UDP to port ${port}: QUIC is quicker to connect and to come back.`,
      )
    : good("udp", `${cloud.gateway} answers by UDP in ${ms.toFixed(0)} ms`);
}

async function checkUdpHere(): Promise<Check> {
  const socket = createSocket("udp4");
  try {
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("a datagram to this machine itself did not arrive")), UDP_MS);
      socket.once("error", reject).once("message", () => {
        clearTimeout(timer);
        resolve();
      });
      socket.bind(0, "127.0.0.1", () => socket.send("?", socket.address().port, "127.0.0.1"));
    });
    return good("udp", "datagrams arrive on this machine");
  } finally {
    socket.close();
  }
}
