/** Questions to the cloud over gateways that die, and a Worker that refuses. The Worker is a stand-in that does as the question says. */
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { saveDevice } from "../../plugins/tunnel/device-store.ts";
import { finished, User } from "../cli/synesis.ts";
import { Cloud, type GatewayProcess } from "../tunnel/processes.ts";

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.close());

async function userAt({ hello }: GatewayProcess, name: string, link: "quic" | "h2" = "quic"): Promise<User> {
  const user = new User({ "a.md": "The lamp is green." });
  mkdirSync(user.home, { recursive: true });
  saveDevice(user.home, await cloud.device(name));
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { gateway: `localhost:${hello.listening.port}`, link } }));
  return user;
}

/** How often the Worker did each request of this test. */
async function newlyDone(before: Record<string, number>): Promise<number[]> {
  return Object.entries(await cloud.done()).flatMap(([id, times]) => (before[id] === times ? [] : [times]));
}

test.each(["quic", "h2"] as const)(
  "a gateway that dies in mid-stream over %s: what came is kept, and nothing is asked twice",
  async (link) => {
    const gateway = await cloud.startGateway();
    const user = await userAt(gateway, `dies-${link}`, link);
    const before = await cloud.done();
    const child = user.start(["ask", "chunks:400000", "--cloud", "--stream"]);
    const end = finished(child);
    child.stdin.end();
    await once(child.stdout, "data");
    gateway.child.kill("SIGKILL");
    const { code, stdout } = await end;
    expect(stdout).toMatch(/^0 /);
    expect(stdout).toContain("Note: The answer broke off; what came is kept.");
    expect(code).toBe(4);
    expect(await newlyDone(before)).toEqual([1]);
  },
);

test("a gateway that is started again before the first word costs no question", async () => {
  const gateway = await cloud.startGateway();
  const user = await userAt(gateway, "again");
  const before = await cloud.done();
  const asked = user.json(["ask", "wait:3000", "--cloud"]);
  await expect.poll(() => newlyDone(before), { timeout: 20_000 }).toEqual([1]);
  gateway.child.kill("SIGKILL");
  await once(gateway.child, "exit");
  await cloud.startGateway([], gateway.hello.listening.port);
  const { value } = await asked;
  expect(value).toMatchObject({ route: "cloud", answer: expect.stringMatching(/^0 1 2/) });
  expect(Object.values(await newlyDone(before))).toEqual([2]); // both times under one id
});

test("what the cloud refuses is told by its kind, and not asked again", async () => {
  const gateway = await cloud.startGateway();
  const user = await userAt(gateway, "refused");
  for (const [status, code, error] of [
    [401, 2, "TUNNEL_REFUSED"],
    [402, 5, "CLOUD_LIMIT_REACHED"],
    [404, 2, "ESCALATION_MODEL_UNKNOWN"],
    [429, 5, "TUNNEL_RATE_LIMITED"],
  ] as const) {
    const before = await cloud.done();
    expect(await user.json(["ask", `status:${status}`, "--cloud"])).toMatchObject({ code, value: { error: { code: error } } });
    expect(await newlyDone(before)).toEqual([1]);
  }
});
