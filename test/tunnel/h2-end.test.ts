import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createSecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { addDevelopmentDevice, prepareDevelopment } from "../../cloud/gateway/development.ts";
import { encodeMessage } from "../../cloud/wire/messages.ts";
import { openH2 } from "../../plugins/tunnel/link/h2.ts";
import { Link } from "../../plugins/tunnel/link/link.ts";
import { Relay } from "./relay.ts";

const read = (file: string) => readFileSync(file, "utf8");
const HEARTBEAT = encodeMessage("heartbeat", {});
const IDLE_MS = 800;

/** A link, over a relay, to a server that answers the hello, and to whom every later stream is left. */
async function linkTo(serve: (stream: ServerHttp2Stream) => void): Promise<{ link: Link; relay: Relay }> {
  const folder = mkdtempSync(join(tmpdir(), "h2-end-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = await prepareDevelopment(folder);
  const device = await addDevelopmentDevice(folder, "device", "user");
  const ca = read(files.caCert);
  const server = createSecureServer({ key: read(files.key), cert: read(files.cert), ca });
  server.on("session", (session) => session.on("error", () => {}));
  let served = 0;
  server.on("stream", (stream) => {
    stream.on("error", () => {}).respond({ ":status": 200 });
    if (served++ > 0) serve(stream);
    else stream.resume().end(encodeMessage("helloAck", { protocol: 1, deviceId: "device", userId: "user" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const relay = await Relay.start((server.address() as AddressInfo).port);
  onTestFinished(() => {
    relay.close();
    server.close();
  });
  const transport = await openH2(
    {
      ...{ host: "127.0.0.1", port: relay.port, serverName: "localhost", pins: [], idleMs: IDLE_MS, keepAliveMs: 100, datagramBytes: 1350 },
      identity: { key: read(device.key), cert: read(device.cert), ca },
    },
    AbortSignal.timeout(10_000),
  );
  const link = await Link.open(transport, { deviceId: "device", clientVersion: "0", maxQueued: 10, signal: AbortSignal.timeout(10_000) });
  onTestFinished(() => link.close());
  return { link, relay };
}

/** How a request ends, if it does so soon. */
const ask = (link: Link) => link.request(HEARTBEAT, AbortSignal.timeout(8_000)).catch((error: Error) => error.name);

test("a link to which the server says goodbye, and then nothing, ends what was asked over it", async () => {
  const { link, relay } = await linkTo((stream) => {
    stream.session?.goaway(0);
    setTimeout(() => {
      relay.cut = true;
    }, 50);
  });
  expect(await ask(link)).toBe("LinkBroken");
  expect(await link.ended).toMatchObject({ reason: "closed" });
});

test("a link to which the server has said goodbye gives what was asked before that its answer", async () => {
  const { link } = await linkTo((stream) => {
    stream.resume().session?.goaway(0);
    setTimeout(() => stream.end(encodeMessage("heartbeatAck", { sequence: 7n })), IDLE_MS / 2);
  });
  expect(await ask(link)).toMatchObject({ name: "heartbeatAck" });
});

test.each(["with a request that hangs", "with nothing on it"])(
  "a link that is closed over a dead network has ended at once, %s",
  async (what) => {
    const { link, relay } = await linkTo(() => {});
    const asked = what.startsWith("with a") ? ask(link) : "LinkBroken";
    await expect.poll(() => link.streams.open).toBe(what.startsWith("with a") ? 1 : 0);
    relay.cut = true;
    link.close();
    expect(await Promise.race([link.ended, new Promise((resolve) => setTimeout(resolve, 5_000, "it has not"))])).toMatchObject({
      reason: "closed",
    });
    expect(await asked).toBe("LinkBroken");
  },
);

test("a link that is drained ends when the time for that is over", async () => {
  const { link } = await linkTo(() => {});
  const asked = ask(link);
  await expect.poll(() => link.streams.open).toBe(1);
  await link.drain(50);
  expect(await asked).toBe("LinkBroken");
});
