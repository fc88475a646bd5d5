/** Pushing adapters to the cloud on this machine, through a way that breaks, stalls or spoils what it carries. */
import { randomFillSync } from "node:crypto";
import { appendFileSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Fetch, signIn } from "../../cloud/local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { safetensorsBytes } from "../../plugins/lora/safetensors.fixture.ts";
import { finished, User } from "./synesis.ts";

const BASE = "meta-llama/Llama-3.3-70B-Instruct";
const MIB = 1024 * 1024;

let cloud: LocalCloud;
let addresses = 0;
/** Each request of the tests comes from an address of its own, so that their limits do not meet. */
const fetchThere: Fetch = (path, init) =>
  cloud.server.fetch(path, { ...init, headers: { ...init?.headers, "cf-connecting-ip": `10.2.0.${addresses++}` } } as never) as never;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

/** What the way does with a part: the body to send on, or undefined for a connection that breaks. */
type OnPart = (body: Buffer, count: number) => Promise<Buffer | undefined> | Buffer | undefined;

/** A proxy before the cloud. */
async function way(onPart: OnPart = (body) => body) {
  const parts: { readonly bytes: number; readonly packed: boolean }[] = [];
  const forward = async (asked: IncomingMessage, answer: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of asked) pieces.push(piece as Buffer);
    let body: Buffer | undefined = Buffer.concat(pieces);
    if (asked.method === "PUT") {
      parts.push({ bytes: body.length, packed: asked.headers["content-encoding"] === "gzip" });
      body = await onPart(body, parts.length);
    }
    if (!body) return void asked.socket.destroy();
    const onward = request(new URL(asked.url ?? "", cloud.url), {
      method: asked.method,
      headers: { ...asked.headers, host: new URL(cloud.url).host },
    });
    onward.on("response", (got) => {
      answer.writeHead(got.statusCode ?? 502, got.headers);
      // A part that is there already is answered before it is read, and the connection may break then: here as there.
      pipeline(got, answer, () => {});
    });
    onward.on("error", () => answer.destroy());
    onward.end(body);
  };
  const server = createServer((asked, answer) => void forward(asked, answer).catch(() => asked.socket.destroy()));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, parts };
}

let users = 0;
async function newUser(api: string): Promise<User> {
  const user = new User();
  const key = await signIn(fetchThere, cloud.mail, `push-${users++}@example.com`);
  mkdirSync(user.home, { recursive: true });
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { api }, privacy: { keyStore: "file" } }));
  expect((await user.run(["cloud", "login", key])).code).toBe(0);
  return user;
}

/** An adapter's folder as PEFT writes it, of about so many MiB. */
function adapter(user: User, name: string, mib: number, fill: (data: Buffer) => void = (data) => randomFillSync(data)): string {
  const columns = (mib * MIB) / 2 / 4 / 8;
  const shapes = { "q_proj.lora_A.weight": [8, columns], "q_proj.lora_B.weight": [columns, 8] };
  user.write(
    `${name}/adapter_config.json`,
    JSON.stringify({ r: 8, lora_alpha: 16, target_modules: ["q_proj"], base_model_name_or_path: BASE }),
  );
  user.write(`${name}/adapter_model.safetensors`, safetensorsBytes(shapes, fill));
  return user.path(name);
}
const size = (user: User, name: string) => statSync(user.path(`${name}/adapter_model.safetensors`)).size;

test("an adapter is pushed, listed, known the second time, and deleted", async () => {
  const { url, parts } = await way();
  const user = await newUser(url);
  const path = adapter(user, "tone", 12);
  const { code, value } = await user.json(["push", path]);
  expect({ code, value }).toMatchObject({
    code: 0,
    value: {
      name: "tone",
      baseModel: BASE,
      rank: 8,
      sizeBytes: size(user, "tone"),
      uploaded: true,
      resumedBytes: 0,
      models: ["llama-3.3-70b"],
    },
  });
  expect(parts.length).toBe(3);
  expect(await user.json(["push", path])).toMatchObject({ code: 0, value: { uploaded: false, sentBytes: 0 } });
  expect((await user.json(["lora", "list", "--cloud"])).value).toMatchObject([{ name: "tone", models: ["llama-3.3-70b"] }]);
  expect((await user.json(["model", "list", "--cloud"])).value).toContainEqual(
    expect.objectContaining({ id: "llama-3.3-70b", adapters: true }),
  );
  expect(await user.json(["lora", "remove", "tone", "--cloud"])).toMatchObject({ code: 0, value: { name: "tone", deleted: true } });
  expect((await user.json(["lora", "list", "--cloud"])).value).toEqual([]);
  expect(await user.json(["lora", "remove", "tone", "--cloud"])).toMatchObject({ code: 2, value: { error: { code: "LORA_NOT_FOUND" } } });
  expect(parts.length).toBe(3);
});

test("a push that is killed goes on where it stopped", async () => {
  let stalled = true;
  const { url, parts } = await way((body, count) => (stalled && count > 3 ? new Promise(() => {}) : body));
  const user = await newUser(url);
  const path = adapter(user, "tone", 32);
  const child = user.start(["push", path]);
  const end = finished(child);
  await vi.waitFor(() => expect(parts.length).toBe(7), { timeout: 30_000 }); // four are under way, so that three are there
  child.kill("SIGKILL");
  await end;
  stalled = false;
  const before = parts.length;
  const { code, value } = await user.json(["push", path]);
  expect({ code, value }).toMatchObject({ code: 0, value: { uploaded: true, resumedBytes: 3 * 5 * MIB } });
  expect(parts.length - before).toBe(Math.ceil(size(user, "tone") / (5 * MIB)) - 3);
});

test("a way that breaks again and again is gone through", async () => {
  const { url, parts } = await way((body, count) => (count % 3 === 0 ? undefined : body));
  const user = await newUser(url);
  const { code, value } = await user.json(["push", adapter(user, "tone", 22)]);
  expect({ code, value }).toMatchObject({ code: 0, value: { uploaded: true } });
  expect(parts.length).toBeGreaterThan(5);
});

test("a cloud that is not reached even once is given up soon", async () => {
  const user = new User();
  mkdirSync(user.home, { recursive: true });
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { api: "http://127.0.0.1:1" } }));
  const env = { SYNESIS_API_KEY: await signIn(fetchThere, cloud.mail, `push-${users++}@example.com`) };
  const { code, stdout } = await user.run(["push", adapter(user, "alone", 1), "--json"], { env });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 1, error: { code: "CLOUD_UNREACHABLE" } });
});

test("Ctrl-C ends a push at once, and it goes on later", async () => {
  let stalled = true;
  const { url, parts } = await way((body) => (stalled ? new Promise(() => {}) : body));
  const user = await newUser(url);
  const path = adapter(user, "tone", 6);
  const child = user.start(["push", path]);
  const end = finished(child);
  await vi.waitFor(() => expect(parts.length).toBeGreaterThan(0), { timeout: 30_000 });
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  stalled = false;
  expect(await user.json(["push", path])).toMatchObject({ code: 0, value: { uploaded: true } });
});

test("two pushes of one file at once both end well, with one adapter", async () => {
  const { url } = await way();
  const user = await newUser(url);
  const path = adapter(user, "tone", 16);
  const ends = await Promise.all([user.json(["push", path]), user.json(["push", path])]);
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect((await user.json(["lora", "list", "--cloud"])).value).toHaveLength(1);
});

test("a file that changes while it is pushed is discarded, here and there", async () => {
  const file = { path: "" };
  const { url } = await way((body, count) => {
    if (count === 2) appendFileSync(file.path, "x");
    return body;
  });
  const user = await newUser(url);
  const path = adapter(user, "tone", 12);
  file.path = join(path, "adapter_model.safetensors");
  expect(await user.json(["push", path])).toMatchObject({ code: 1, value: { error: { code: "LORA_CHANGED" } } });
  expect((await user.run(["lora", "list", "--cloud"])).stdout).toContain("0.0 of");
});

test("bytes that are spoilt on the way are found by the checksum, and nothing is kept", async () => {
  const { url } = await way((body, count) => {
    if (count === 1) body[body.length - 1] = (body.at(-1) ?? 0) ^ 1;
    return body;
  });
  const user = await newUser(url);
  const path = adapter(user, "tone", 12);
  expect(await user.json(["push", path])).toMatchObject({ code: 1, value: { error: { code: "LORA_CHANGED" } } });
  expect((await user.run(["lora", "list", "--cloud"])).stdout).toContain("0.0 of");
  expect(await user.json(["push", path])).toMatchObject({ code: 0, value: { uploaded: true } });
});

test("what shrinks is packed where the way is slow, and what does not is not", async () => {
  const slow: OnPart = async (body) => {
    await new Promise((resolve) => setTimeout(resolve, body.length / 5000)); // 5 MB/s a connection
    return body;
  };
  for (const [fill, packs] of [
    [(data: Buffer) => void data.fill(7), true],
    [(data: Buffer) => void randomFillSync(data), false],
  ] as const) {
    const { url, parts } = await way(slow);
    const user = await newUser(url);
    expect((await user.json(["push", adapter(user, "tone", 42, fill)])).code).toBe(0);
    expect(parts.some(({ packed }) => packed)).toBe(packs);
  }
});

test("another file under a name that is taken needs force", async () => {
  const { url } = await way();
  const user = await newUser(url);
  await user.json(["push", adapter(user, "one", 1), "--name", "tone"]);
  const other = adapter(user, "two", 1);
  expect(await user.json(["push", other, "--name", "tone"])).toMatchObject({
    code: 2,
    value: { error: { code: "LORA_NAME_TAKEN", next: expect.stringMatching(/--force/) } },
  });
  expect(await user.json(["push", other, "--name", "tone", "--force"])).toMatchObject({ code: 0, value: { uploaded: true } });
  expect((await user.json(["lora", "list", "--cloud"])).value).toHaveLength(1);
});

test("what cannot be pushed is refused before anything is sent", async () => {
  const { url, parts } = await way();
  const user = await newUser(url);
  const nameless = user.write("nameless.safetensors", safetensorsBytes({ "q.lora_A.weight": [8, 64], "q.lora_B.weight": [64, 8] }));
  for (const [args, code] of [
    [[user.write("empty.gguf", "")], "LORA_INVALID"],
    [[user.write("page.gguf", "<!doctype html>")], "LORA_INVALID"],
    [["nowhere.gguf"], "PATH_NOT_FOUND"],
    [[nameless], "USAGE"],
    [[nameless, "--base-model", BASE, "--name", "../x"], "USAGE"],
    [[nameless, "--base-model", BASE, "--name", "ghp_Q7wE9rT2yU5iO8pA1sD4fG6hJ3kL0zX2cV5b"], "USAGE"],
    [[], "USAGE"],
  ] as const)
    expect((await user.json(["push", ...args])).value).toMatchObject({ error: { code } });
  expect(parts).toEqual([]);
});
