import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Gpu } from "../../../plugins/hardware/index.ts";
import { defaultConfig } from "../config.ts";
import { bad, type Check } from "./check.ts";
import { checkDisk } from "./home.ts";
import { checkNode } from "./program.ts";
import { checkGpu, checkServers } from "./thinking.ts";

const check = (name: string, result: Check, ok: boolean, detail: RegExp, next: RegExp | null) =>
  test(name, () => {
    expect(result).toMatchObject({ ok, detail: expect.stringMatching(detail) });
    if (next) expect(result.next).toMatch(next);
    else expect(result.next).toBeNull();
  });

const gpu = (more: Partial<Gpu>): Gpu => ({
  vendor: "NVIDIA",
  model: "Card",
  vram: null,
  free: null,
  unified: false,
  api: null,
  driver: null,
  capability: null,
  ...more,
});

check("an old Node is wrong", checkNode("20.11.0"), false, /too old/, /Install Node 24/);
check("a new Node is well", checkNode("26.1.0"), true, /26\.1/, null);
check("a full disk is wrong", checkDisk({ disk: { total: 1e12, free: 1e6, kind: "ssd" } }), false, /0\.0 GiB free, ssd/, /space/);
check("no GPU is well", checkGpu({ gpus: [] }), true, /none/, null);
check(
  "a GPU that computes is well",
  checkGpu({ gpus: [gpu({ api: "cuda", vram: 8 * 1024 ** 3, capability: "8.9" })] }),
  true,
  /Card, 8\.0 GiB, cuda 8\.9/,
  null,
);
check("an NVIDIA card without its driver is wrong", checkGpu({ gpus: [gpu({})] }), false, /not used/, /nvidia-smi/);
check("an AMD card without ROCm is told", checkGpu({ gpus: [gpu({ vendor: "AMD" })] }), true, /not used/, /ROCm/);
check("an Intel card is no matter", checkGpu({ gpus: [gpu({ vendor: "Intel" })] }), true, /none/, null);

const answering = async (body: string) => {
  const server = createServer((_, response) => void response.end(body));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
};
const LIST = JSON.stringify({ object: "list", data: [{ id: "a" }, { id: "b" }, null] });
const using = (port: number, model: string) => ({
  ...defaultConfig(),
  generator: { ...defaultConfig().generator, kind: "openai-compatible" as const, baseUrl: `http://127.0.0.1:${port}/v1`, model },
});

test("a server is found on its port, another program on such a port is not one", async () => {
  const ports = [
    { name: "Real", port: await answering(LIST) },
    { name: "Page", port: await answering("<html>") },
    { name: "Nobody", port: 9 },
  ];
  const { ok, detail } = await checkServers(defaultConfig(), ports);
  expect(ok).toBe(true);
  expect(detail).toBe(`Real at http://127.0.0.1:${ports[0]?.port}/v1 (2 models)`);
});

test("the server that the settings name is looked at", async () => {
  const port = await answering(LIST);
  expect(await checkServers(using(port, "a"), [])).toMatchObject({ ok: true });
  expect(await checkServers(using(port, "c"), [])).toMatchObject({ ok: false, next: "Choose one of: a, b." });
  expect(await checkServers(using(9, "a"), [])).toEqual(
    bad("servers", "http://127.0.0.1:9/v1 does not answer", "Start it, or correct generator.baseUrl."),
  );
});
