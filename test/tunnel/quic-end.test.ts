import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { addDevelopmentDevice, prepareDevelopment } from "../../cloud/gateway/development.ts";
import { freePort } from "../../cloud/gateway/free-port.ts";
import type { QuicConnection } from "../../plugins/tunnel/quic/connection.ts";
import { connectQuic, QuicListener } from "../../plugins/tunnel/quic/endpoint.ts";
import { loadQuiche } from "../../plugins/tunnel/quic/quiche.ts";
import { QUIC_DEFAULTS } from "../../plugins/tunnel/quic/settings.ts";
import type { QuicStream } from "../../plugins/tunnel/quic/stream.ts";

const read = (file: string) => readFileSync(file, "utf8");
const HOST = "127.0.0.1";
const quiche = loadQuiche();

/** A connection to a server that answers every stream with one word, and ends it so many ms later. */
async function connectTo(engine: NonNullable<typeof quiche>, pause: number): Promise<QuicConnection> {
  const folder = mkdtempSync(join(tmpdir(), "quic-end-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = await prepareDevelopment(folder);
  const device = await addDevelopmentDevice(folder, "device", "user");
  const ca = read(files.caCert);
  const port = await freePort(HOST);
  const answer = async (stream: QuicStream) => {
    stream.on("error", () => {}).resume();
    stream.write("answer");
    await wait(pause);
    stream.end();
  };
  const listener = await QuicListener.listen(engine, {
    ...{ host: HOST, port, identity: { key: read(files.key), cert: read(files.cert), ca }, maxConnections: 1, maxHandshakes: 1 },
    settings: { ...QUIC_DEFAULTS, maxStreams: 10 },
    onConnection: (connection) => connection.on("stream", answer),
  });
  onTestFinished(() => listener.close());
  const identity = { key: read(device.key), cert: read(device.cert), ca };
  const connection = await connectQuic(engine, { host: HOST, port, serverName: "localhost", identity, settings: QUIC_DEFAULTS });
  onTestFinished(() => connection.close());
  await new Promise<void>((resolve) => connection.once("secured", resolve));
  return connection;
}

/** Asks once; how the stream ends. */
function ask(connection: QuicConnection, onData: () => void): Promise<string> {
  const stream = connection.openStream();
  if (!stream) throw new Error("no stream");
  const ended = new Promise<string>((resolve) => stream.once("end", () => resolve("ended")));
  stream.on("error", () => {}).on("data", onData);
  stream.end("question");
  return Promise.race([ended, wait(10_000, `stream ${stream.id} has no end`)]);
}

test.runIf(quiche).each([0, 1, 3])(
  "a stream whose end comes %i ms after its last bytes ends, also when these are acknowledged meanwhile",
  async (pause) => {
    if (!quiche) return;
    const connection = await connectTo(quiche, pause);
    for (let i = 0; i < 100; i += 1) expect(await ask(connection, () => {})).toBe("ended");
  },
);

test.runIf(quiche)("an end is noticed that comes with bytes which are sent again and have been read", async () => {
  if (!quiche) return;
  const connection = await connectTo(quiche, 3);
  for (let i = 0; i < 3; i += 1) {
    // The thread is busy before it acknowledges the bytes: in the same turn the server ends its answer and finds it overdue.
    const busy = () => {
      const until = performance.now() + 500;
      while (performance.now() < until);
    };
    expect(await ask(connection, busy)).toBe("ended");
  }
});
