import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { smallGguf } from "../../pipeline/gguf/write.fixture.ts";
import { FileServer } from "../../plugins/models/pull/file-server.fixture.ts";
import { User } from "./synesis.ts";

async function served(bytes = smallGguf()) {
  const server = new FileServer(bytes);
  onTestFinished(() => server.stop());
  return { user: new User(), url: await server.start(), server };
}

test("a model is pulled, listed, described, used and removed", async () => {
  const { user, url } = await served();
  const path = join(user.home, "models/model.gguf");
  const pulled = await user.json(["model", "pull", url]);
  expect(pulled).toMatchObject({ code: 0, value: { id: "model", path, bytes: smallGguf().length, pulled: true, warnings: [] } });
  expect((await user.json(["model", "pull", url])).value).toMatchObject({ pulled: false });
  const { value: list } = await user.json(["model", "list"]);
  expect((list as object[])[0]).toMatchObject({ id: "model", installed: true, used: false, context: 2048, place: "cpu" });
  expect((list as { id: string }[]).map(({ id }) => id)).toContain("phi-3-mini");
  expect((await user.json(["model", "info", "model"])).value).toMatchObject({
    architecture: "llama",
    template: null,
    parameters: 259,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await user.json(["model", "info", "phi-3-mini"])).value).toMatchObject({ template: "phi3", licence: "MIT" });
  expect(await user.json(["model", "use", "model"])).toMatchObject({ code: 0, value: { id: "model", path, warnings: [] } });
  expect((await user.json(["config", "get", "generator"])).value).toMatchObject({ value: { kind: "llama", model: "model" } });
  expect((await user.json(["model", "remove", "model"])).value).toMatchObject({ id: "model", wasUsed: true });
  expect(existsSync(path)).toBe(false);
  expect((await user.json(["config", "get", "generator.kind"])).value).toMatchObject({ value: "embedded" });
});

test("what is no model is refused after the download, and nothing of it is kept", async () => {
  const { user, url } = await served(Buffer.from("<!doctype html>"));
  expect(await user.json(["model", "pull", url])).toMatchObject({ code: 2, value: { error: { code: "MODEL_INVALID" } } });
  expect(existsSync(join(user.home, "models/model.gguf"))).toBe(false);
});

test("a wrong checksum is refused", async () => {
  const { user, url } = await served();
  expect(await user.json(["model", "pull", url, "--sha256", "a".repeat(64)])).toMatchObject({
    code: 1,
    value: { error: { code: "MODEL_CHECKSUM_WRONG" } },
  });
});

test("a model is copied from a file, and one put into the folder by hand is found", async () => {
  const { user } = await served();
  const file = user.write("Mine.gguf", smallGguf());
  expect((await user.json(["model", "pull", pathToFileURL(file).href])).value).toMatchObject({ id: "mine", pulled: true });
  user.write("../home/models/Other.gguf", "no model");
  const { value } = await user.json(["model", "list"]);
  expect((value as object[]).slice(0, 2)).toMatchObject([
    { id: "mine", place: "cpu" },
    { id: "other", place: null, warnings: [expect.stringMatching(/begin/)] },
  ]);
  expect(readFileSync(join(user.home, "models/Mine.gguf")).equals(smallGguf())).toBe(true);
});

test("a download goes through the proxy that the environment names", async () => {
  const { user, url } = await served();
  const asked: string[] = [];
  const proxy = createServer().on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.write("HTTP/1.1 200 OK\r\n\r\n");
    const target = connect(Number(new URL(url).port), "127.0.0.1");
    socket.pipe(target).pipe(socket);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void proxy.close());
  const address = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const env = { HTTP_PROXY: address, http_proxy: address, NO_PROXY: "", no_proxy: "" };
  expect((await user.run(["model", "pull", "http://localhost:4321/model.gguf"], { env })).code).toBe(0);
  expect(asked[0]).toBe("localhost:4321");
});

const refuses = (args: string[], code: string) =>
  test(`model ${args.join(" ")} is refused with ${code}`, async () => {
    const { code: exit, value } = await new User().json(["model", ...args]);
    expect(value).toMatchObject({ error: { code, next: expect.stringMatching(/\w/) } });
    expect(exit).toBe(2);
  });

refuses(["pull", "nothing"], "MODEL_NOT_FOUND");
refuses(["pull", "http://files.example/x.gguf"], "USAGE");
refuses(["pull", "phi-3-mini", "--sha256", "abc"], "USAGE");
refuses(["use", "phi-3-mini"], "MODEL_NOT_FOUND");
refuses(["info", "nothing"], "MODEL_NOT_FOUND");
refuses(["remove", "nothing"], "MODEL_NOT_FOUND");
