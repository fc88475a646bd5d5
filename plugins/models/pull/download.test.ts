import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { SynesisError } from "../../../kernel/index.ts";
import { type DownloadRequest, download } from "./download.ts";
import { FileServer, type Misbehaviour } from "./file-server.fixture.ts";

const MIB = 1024 * 1024;
const FILE = randomBytes(20 * MIB + 12_345); // three pieces, the last one short
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

async function served(bytes: Buffer = FILE) {
  const server = new FileServer(bytes);
  const url = await server.start();
  onTestFinished(() => server.stop());
  const file = join(mkdtempSync(join(tmpdir(), "pull-")), "model.gguf");
  const pull = (more: Partial<DownloadRequest> = {}) =>
    download({ url, file, connections: 3, signal: new AbortController().signal, idleMs: 400, retryMs: 5, ...more });
  return { server, url, file, pull, left: () => readdirSync(join(file, "..")).sort() };
}

const failsWith = (code: string, message = /./) => expect.objectContaining({ code, message: expect.stringMatching(message) });

test("a file is downloaded in pieces, whole and under its own name only", async () => {
  const { server, file, pull, left } = await served();
  const seen: number[] = [];
  const result = await pull({ onProgress: ({ done }) => seen.push(done) });
  expect(result).toEqual({ bytes: FILE.length, sha256: sha256(FILE) });
  expect(readFileSync(file).equals(FILE)).toBe(true);
  expect(left()).toEqual(["model.gguf"]);
  expect(server.requests.length).toBe(4); // a look, and three pieces
  expect(seen.at(-1)).toBe(FILE.length);
});

const survives = (name: string, misbehave: Misbehaviour, prepare: (server: FileServer) => void = () => {}) =>
  test(`it survives ${name}`, async () => {
    const { server, file, pull, left } = await served();
    prepare(server);
    server.misbehave = misbehave;
    await pull();
    expect(readFileSync(file).equals(FILE)).toBe(true);
    expect(left()).toEqual(["model.gguf"]);
  });

/** Gives `share` of what it announced, then breaks the connection. */
const breaks =
  (share: number): Misbehaviour =>
  (response, { start, end, ranged, number }) => {
    if (number === 0 || number > 6) return false;
    response.writeHead(ranged ? 206 : 200, {
      etag: '"one"',
      "content-length": end - start,
      ...(ranged ? { "content-range": `bytes ${start}-${end - 1}/${FILE.length}` } : {}),
    });
    response.write(FILE.subarray(start, start + Math.floor((end - start) * share)), () => setTimeout(() => response.destroy(), 5));
    return true;
  };

survives("connections that break in the middle", breaks(0.5));
survives(
  "connections that break in the middle, of a server without pieces",
  (response, asked) => asked.number < 4 && breaks(0.5)(response, asked),
  (server) => {
    server.ranges = false;
  },
);
survives(
  "a server without pieces",
  () => false,
  (server) => {
    server.ranges = false;
  },
);
survives("a server without pieces and without a length", (response, { number }) => {
  response.writeHead(200);
  response.write(FILE.subarray(0, 1));
  response.end(number === 0 ? "" : FILE.subarray(1));
  return true;
});
survives(
  "a server that gives no version",
  () => false,
  (server) => {
    server.etag = undefined;
  },
);
survives("some answers of 500 and 429", (response, { number }) => {
  if (number > 2) return false;
  response.writeHead(number % 2 ? 500 : 429).end("later");
  return true;
});
survives("a connection that falls silent", (response, asked) => {
  if (asked.number !== 2) return false;
  response.writeHead(206, { etag: '"one"', "content-range": `bytes ${asked.start}-${asked.end - 1}/${FILE.length}` });
  response.write(FILE.subarray(asked.start, asked.start + 1000));
  return true;
});
survives("a redirect", (response, { request }) => {
  if (request.url !== "/model.gguf") return false;
  response.writeHead(302, { location: "/elsewhere" }).end();
  return true;
});

const fails = (name: string, code: string, message: RegExp, misbehave: Misbehaviour, prepare: (server: FileServer) => void = () => {}) =>
  test(`${name} ends with ${code} and leaves no whole file`, async () => {
    const { server, file, pull } = await served();
    prepare(server);
    server.misbehave = misbehave;
    await expect(pull()).rejects.toEqual(failsWith(code, message));
    expect(existsSync(file)).toBe(false);
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

fails("a file that is not there", "MODEL_DOWNLOAD_FAILED", /404/, (response) => Boolean(response.writeHead(404).end("no")));
fails("a server that only fails", "MODEL_DOWNLOAD_FAILED", /503/, (response) => Boolean(response.writeHead(503).end("no")));
fails("a server that hangs at once", "MODEL_DOWNLOAD_FAILED", /does not answer/, () => true);
fails("a server that gives another piece", "MODEL_DOWNLOAD_FAILED", /another piece/, (response, { number, start, end }) => {
  if (number === 0) return false;
  response
    .writeHead(206, { etag: '"one"', "content-range": `bytes ${start}-${end - 2}/${FILE.length}` })
    .end(FILE.subarray(start, end - 1));
  return true;
});
fails("a server that gives more than it says", "MODEL_DOWNLOAD_FAILED", /more bytes/, (response, { number, start, end }) => {
  if (number === 0) return false;
  response.writeHead(206, { etag: '"one"', "content-range": `bytes ${start}-${end - 1}/${FILE.length}`, "transfer-encoding": "chunked" });
  response.end(Buffer.concat([FILE.subarray(start, end), Buffer.alloc(10)]));
  return true;
});
fails("a server that announces more than it has", "MODEL_DOWNLOAD_FAILED", /another piece|416/, (response, asked) => {
  const size = FILE.length + 9 * MIB;
  if (asked.start >= FILE.length) response.writeHead(416).end();
  else
    response
      .writeHead(206, { etag: '"one"', "content-range": `bytes ${asked.start}-${asked.end - 1}/${size}` })
      .end(FILE.subarray(asked.start, asked.end));
  return true;
});
fails("pieces without their place", "MODEL_DOWNLOAD_FAILED", /which piece/, (response) => Boolean(response.writeHead(206).end("x")));
fails("redirects without end", "MODEL_DOWNLOAD_FAILED", /without end/, (response) =>
  Boolean(response.writeHead(302, { location: "/model.gguf" }).end()),
);
fails("a redirect to a file", "MODEL_DOWNLOAD_FAILED", /not safe/, (response) =>
  Boolean(response.writeHead(302, { location: "file:///etc/passwd" }).end()),
);
fails("a file that changes with every request", "MODEL_DOWNLOAD_FAILED", /changed/, (response, asked) => {
  response.writeHead(206, { etag: `"${asked.number}"`, "content-range": `bytes ${asked.start}-${asked.end - 1}/${FILE.length}` });
  response.end(FILE.subarray(asked.start, asked.end));
  return true;
});

test("a file that the disk has no room for is refused before anything is written", async () => {
  const { server, pull, left } = await served();
  server.misbehave = (response) =>
    Boolean(response.writeHead(206, { etag: '"one"', "content-range": "bytes 0-0/900000000000000" }).end("x"));
  await expect(pull()).rejects.toEqual(failsWith("DISK_FULL", /838190\.3 GiB are needed/));
  expect(left()).toEqual([]);
});

test("wrong bytes are refused and nothing of them is kept", async () => {
  const { file, pull, left } = await served();
  await expect(pull({ sha256: "0".repeat(64) })).rejects.toEqual(failsWith("MODEL_CHECKSUM_WRONG"));
  expect(left()).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test("the checksum that the hub gives on its redirect is held", async () => {
  const { server, pull } = await served();
  server.misbehave = (response, { request }) => {
    if (request.url !== "/model.gguf") return false;
    response.writeHead(302, { location: "/elsewhere", "x-linked-etag": `"${"1".repeat(64)}"` }).end();
    return true;
  };
  await expect(pull()).rejects.toEqual(failsWith("MODEL_CHECKSUM_WRONG"));
});

test("a file that does not pass the last look is refused and nothing of it is kept", async () => {
  const { pull, left } = await served();
  const check = () => {
    throw new SynesisError("MODEL_INVALID");
  };
  await expect(pull({ check })).rejects.toEqual(failsWith("MODEL_INVALID"));
  expect(left()).toEqual([]);
});

/** Interrupts a download after its first complete piece. */
async function interrupted(pull: (more: Partial<DownloadRequest>) => Promise<unknown>) {
  const stop = new AbortController();
  const onProgress = ({ done }: { done: number }) => done > 9 * MIB && stop.abort(new DOMException("Interrupted", "AbortError"));
  await expect(pull({ connections: 1, signal: stop.signal, onProgress })).rejects.toThrow("Interrupted");
}

test("an interrupted download goes on where it stopped", async () => {
  const { server, file, pull, left } = await served();
  await interrupted(pull);
  expect(left()).toEqual(["model.gguf.part", "model.gguf.part.json"]);
  server.requests.length = 0;
  await pull();
  expect(readFileSync(file).equals(FILE)).toBe(true);
  expect(server.requests.slice(1).map(({ start }) => start)).not.toContain(0);
  expect(server.requests.length).toBe(3);
});

test("an interrupted download of a file that has changed meanwhile starts again", async () => {
  const { server, file, pull } = await served();
  await interrupted(pull);
  server.bytes = randomBytes(FILE.length);
  server.etag = '"two"';
  await pull();
  expect(readFileSync(file).equals(server.bytes)).toBe(true);
});

test("an interrupted download is not continued where the server gives no version", async () => {
  const { server, file, pull } = await served();
  server.etag = undefined;
  await interrupted(pull);
  server.bytes = randomBytes(FILE.length);
  await pull();
  expect(readFileSync(file).equals(server.bytes)).toBe(true);
});

test("a file that changes while it is downloaded is downloaded anew", async () => {
  const { server, file, pull } = await served();
  const other = randomBytes(FILE.length - 5);
  server.misbehave = (_, { number }) => {
    if (number === 2) Object.assign(server, { bytes: other, etag: '"two"' });
    return false;
  };
  await pull({ connections: 1 });
  expect(readFileSync(file).equals(other)).toBe(true);
});

for (const damage of ["{", "null", '{"size":1,"version":"x","done":["a"]}', '{"size":"1"}'])
  test(`notes of an earlier attempt that read ${damage} are no hindrance`, async () => {
    const { file, pull } = await served();
    writeFileSync(`${file}.part.json`, damage);
    writeFileSync(`${file}.part`, "x");
    await pull();
    expect(readFileSync(file).equals(FILE)).toBe(true);
  });

test("two downloads of one file at once: the second is refused, the first is whole", async () => {
  const { file, pull } = await served();
  const both = await Promise.allSettled([pull(), pull()]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect(both.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "MODEL_LOCKED" } });
  expect(readFileSync(file).equals(FILE)).toBe(true);
});

test("the lock of a process that has died, or been silent for long, is taken over", async () => {
  const { file, pull } = await served();
  writeFileSync(`${file}.lock`, "999999999");
  await pull();
  writeFileSync(`${file}.lock`, String(process.pid));
  const longAgo = new Date(Date.now() - 3_600_000);
  utimesSync(`${file}.lock`, longAgo, longAgo);
  await pull();
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test("a file of this machine is copied", async () => {
  const { file, pull } = await served();
  const source = `${file}.source`;
  writeFileSync(source, FILE);
  expect(await pull({ url: pathToFileURL(source).href })).toMatchObject({ bytes: FILE.length });
  expect(readFileSync(file).equals(FILE)).toBe(true);
  await expect(pull({ url: "file:///not/there.gguf" })).rejects.toEqual(failsWith("MODEL_DOWNLOAD_FAILED", /ENOENT/));
});

test("an address where nobody listens is told", async () => {
  const { pull } = await served();
  await expect(pull({ url: "http://127.0.0.1:9/model.gguf" })).rejects.toEqual(failsWith("MODEL_DOWNLOAD_FAILED", /127\.0\.0\.1:9/));
});
