import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saveDevice } from "../../plugins/tunnel/device-store.ts";
import { Cloud, type GatewayProcess } from "../tunnel/processes.ts";
import { finished, User } from "./synesis.ts";

let cloud: Cloud;
let gateway: GatewayProcess;
beforeAll(async () => {
  cloud = await Cloud.start();
  gateway = await cloud.startGateway();
});
afterAll(() => cloud.close());

const status = async (user: User) => {
  const { code, value } = await user.json(["cloud", "status"]);
  return { code, ...(value as Record<string, unknown>) };
};

test("cloud status says how the gateway is reached, and as whom", async () => {
  const user = new User();
  const address = `localhost:${gateway.hello.listening.port}`;
  expect(await status(user)).toMatchObject({ code: 0, state: "disconnected", gateway: null, device: null });
  saveDevice(user.home, await cloud.device("laptop", "ann"));
  expect(statSync(join(user.home, "keys", "device.pem")).mode & 0o777).toBe(0o600);
  await user.run(["config", "set", "cloud.gateway", address]);
  expect(await status(user)).toMatchObject({
    code: 0,
    state: "connected",
    gateway: address,
    link: "quic",
    latencyMs: expect.any(Number),
    device: { id: "laptop", user: "ann" },
    certificate: { daysLeft: 89, renew: false },
    error: null,
  });
  await user.run(["config", "set", "cloud.link", "h2"]);
  expect(await status(user)).toMatchObject({ state: "connected", link: "h2" });
  const { value } = await user.json(["doctor"]);
  const { checks } = value as { checks: { name: string; detail: string }[] };
  expect(checks.find(({ name }) => name === "udp")?.detail).toMatch(/answers by UDP in \d+ ms/);
});

test("a gateway that does not answer, and a damaged identity, are told with the next step", async () => {
  const user = new User();
  saveDevice(user.home, await cloud.device("desktop"));
  await user.run(["config", "set", "cloud.gateway", "localhost:9"]);
  expect(await status(user)).toMatchObject({
    code: 1,
    state: "failed",
    error: { code: "TUNNEL_UNREACHABLE", next: expect.stringMatching(/network/) },
  });
  expect(() => saveDevice(user.home, { key: "", cert: "", ca: "" })).toThrow("not signed in");
  user.write("../home/keys/device.pem", "nothing");
  const { code, value } = await user.json(["cloud", "status"]);
  expect({ code, value }).toMatchObject({ code: 2, value: { error: { code: "DEVICE_UNKNOWN" } } });
});

test("a command that runs on keeps the tunnel and its signs of life, and ends with it", async () => {
  const user = new User({ "a.md": "The first lamp is green." });
  saveDevice(user.home, await cloud.device("watcher", "ann"));
  await user.run(["config", "set", "cloud.gateway", `localhost:${gateway.hello.listening.port}`]);
  await user.run(["config", "set", "cloud.heartbeatSeconds", "5"]);
  const beats = async () => (await cloud.done())["heartbeat of watcher"] ?? 0;
  const child = user.start(["knowledge", "watch", "."]);
  const ended = finished(child);
  while ((await beats()) < 2) await sleep(100);
  child.kill("SIGTERM");
  expect((await ended).code).toBe(0);
  const before = await beats();
  await user.run(["config", "set", "cloud.presence", "false"]);
  const silent = user.start(["knowledge", "watch", "."]);
  const silence = finished(silent);
  await sleep(2_000);
  silent.kill("SIGTERM");
  await silence;
  expect(await beats()).toBe(before);
  await user.run(["config", "set", "cloud.presence", "true"]);
  user.write("q.jsonl", `${JSON.stringify({ id: 1, question: "What colour is the first lamp?" })}\n`);
  await user.run(["config", "set", "cloud.gateway", "localhost:9"]);
  const { code } = await user.run(["batch", "ask", "q.jsonl", "--path", "."]);
  expect(code).toBe(0); // a gateway that is not there disturbs nothing
  expect(await beats()).toBe(before);
});
