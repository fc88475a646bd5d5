/**
 * HTTPS before a server that speaks HTTP, in a process of its own: KEY CERT PORT [BYTES_PER_MS WAY_MS]. With the last two
 * the way there is limited: so many bytes a millisecond for all connections together, and so long each way.
 */
import { readFileSync } from "node:fs";
import { type AddressInfo, connect } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { createServer } from "node:tls";

const [key = "", cert = "", port = "", bytesPerMs = "Infinity", wayMs = "0"] = process.argv.slice(2);
const rate = Number(bytesPerMs);
const delay = Number(wayMs);
/** When the way there has passed on all that it was given. */
let freeAt = 0;

/** Reads on once the way has taken a piece; it arrives some time later. */
async function pass(from: Duplex, to: Duplex, msPerByte: number): Promise<void> {
  let arrived: Promise<unknown> = Promise.resolve();
  for await (const piece of from as AsyncIterable<Buffer>) {
    const now = performance.now();
    freeAt = Math.max(now, freeAt) + piece.length * msPerByte;
    const onTheWay = sleep(freeAt - now + delay);
    const before = arrived;
    arrived = before.then(() => onTheWay).then(() => to.write(piece));
    if (freeAt - now > 1) await sleep(freeAt - now);
  }
  await arrived;
  to.end();
}

const server = createServer({ key: readFileSync(key), cert: readFileSync(cert), minVersion: "TLSv1.3" }, (socket) => {
  const inner = connect(Number(port), "127.0.0.1");
  for (const side of [socket, inner]) side.on("error", () => void [socket, inner].map((each) => each.destroy()));
  if (rate === Number.POSITIVE_INFINITY) return void socket.pipe(inner).pipe(socket);
  void Promise.allSettled([pass(socket, inner, 1 / rate), pass(inner, socket, 0)]);
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on("disconnect", () => process.exit());
