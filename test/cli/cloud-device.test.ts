/** This machine at the cloud: its certificate, its renewal and end, and the ways there, seen from outside the process. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { signDeviceRequest } from "../../cloud/device-ca/certificate.ts";
import { createDeviceRequest } from "../../cloud/device-ca/request.ts";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { loadDevice, saveDevice } from "../../plugins/tunnel/device-store.ts";
import { startProxy } from "../tunnel/proxy.ts";
import { askCloud, newKey, userOf } from "./cloud-user.ts";
import { finished, type User } from "./synesis.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ gateway: true });
});
afterAll(() => cloud.close());

interface Device {
  readonly id: string;
  readonly user: string;
}

const pem = (user: User) => join(user.home, "keys", "device.pem");
const config = (user: User) => JSON.parse(readFileSync(join(user.home, "config.json"), "utf8")) as { cloud: { gateway?: string } };

async function login(user: User, key: string): Promise<Device> {
  const { code, stdout } = await user.run(["cloud", "login", "-", "--json"], { input: key });
  expect(code, stdout).toBe(0);
  const { id, user: owner } = (JSON.parse(stdout) as { device: Device }).device;
  return { id, user: owner };
}

async function status(user: User, env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await user.run(["cloud", "status", "--json"], { env });
  return { code, stderr, ...(JSON.parse(stdout) as { switches?: unknown; state?: string }) };
}

/** Gives a signed-in home a certificate that is as old as wanted. */
async function age(user: User, { id, user: userId }: Device, days: number): Promise<void> {
  const ca = cloud.deviceCa;
  const { key, request: asked } = await createDeviceRequest("device");
  const cert = await signDeviceRequest(ca, asked, { userId, deviceId: id }, { days: 90, fromDays: -days });
  saveDevice(user.home, { key, cert, ca: ca.cert });
}

test("login makes a key that stays here, gets its certificate, and finds the gateway", async () => {
  const user = userOf(cloud);
  const device = await login(user, await newKey(cloud, "ann@example.com"));
  expect(statSync(pem(user)).mode & 0o777).toBe(0o600);
  expect(config(user).cloud.gateway).toBe(cloud.gateway);
  expect(await status(user)).toMatchObject({ code: 0, state: "connected", link: "quic", device, certificate: { renew: false } });
});

test("a second machine signs in beside the first; a new sign-in keeps the device and changes its key", async () => {
  const [first, second] = [userOf(cloud), userOf(cloud)];
  const keys = [await newKey(cloud, "bea@example.com"), await newKey(cloud, "bea@example.com")] as const;
  const devices = [await login(first, keys[0]), await login(second, keys[1])] as const;
  expect(devices[0].id).not.toBe(devices[1].id);
  expect(devices[0].user).toBe(devices[1].user);
  const before = readFileSync(pem(first), "utf8");
  expect((await login(first, keys[0])).id).toBe(devices[0].id);
  expect(readFileSync(pem(first), "utf8")).not.toBe(before);
  for (const user of [first, second]) expect(await status(user)).toMatchObject({ state: "connected" });
  const { value } = await askCloud<{ devices: { id: string }[] }>(cloud, keys[0], "GET", "/v1/devices");
  expect(value.devices.map(({ id }) => id).sort()).toEqual(devices.map(({ id }) => id).sort());
});

test("another user of the same machine gets a device of their own, and the first one's is revoked", async () => {
  const user = userOf(cloud);
  const first = await login(user, await newKey(cloud, "cid@example.com"));
  const other = await newKey(cloud, "cid@example.com");
  const second = await login(user, await newKey(cloud, "dan@example.com"));
  expect(second.user).not.toBe(first.user);
  expect((await askCloud<{ devices: [] }>(cloud, other, "GET", "/v1/devices")).value).toEqual({ devices: [] });
  expect(await status(user)).toMatchObject({ state: "connected", device: second });
});

test("after logout the certificate opens nothing, also not from a copy", async () => {
  const user = userOf(cloud);
  const key = await newKey(cloud, "eli@example.com");
  await login(user, key);
  const copy = readFileSync(pem(user), "utf8");
  expect(await user.json(["cloud", "logout"])).toMatchObject({ code: 0, value: { signedOut: true, revoked: true } });
  expect(await status(user)).toMatchObject({ code: 0, state: "disconnected", device: null });
  writeFileSync(pem(user), copy);
  await expect
    .poll(() => status(user), { timeout: 20_000 })
    .toMatchObject({ code: 1, state: "failed", error: { code: "TUNNEL_REFUSED", next: expect.stringContaining("cloud login") } });
});

test("a certificate that is two thirds over is renewed at the next use", async () => {
  const user = userOf(cloud);
  const device = await login(user, await newKey(cloud, "fay@example.com"));
  await age(user, device, 61);
  expect(await status(user)).toMatchObject({ code: 0, state: "connected", device, certificate: { renew: false, daysLeft: 89 } });
});

test("a command that runs on gets its next certificate in time, by itself", async () => {
  const user = userOf(cloud);
  const device = await login(user, await newKey(cloud, "fin@example.com"));
  await user.run(["config", "set", "cloud.heartbeatSeconds", "5"]);
  user.write("a.md", "The lamp is green.");
  const watching = user.start(["knowledge", "watch", "."]);
  const ended = finished(watching);
  await expect.poll(() => existsSync(join(user.home, "knowledge.db")), { timeout: 40_000 }).toBe(true);
  await age(user, device, 61);
  const daysLeft = () => Math.floor(((loadDevice(user.home)?.expires ?? 0) - Date.now()) / 86_400_000);
  await expect.poll(daysLeft, { timeout: 40_000 }).toBe(89);
  expect(await status(user)).toMatchObject({ code: 0, state: "connected", device });
  watching.kill("SIGTERM");
  expect((await ended).code).toBe(0);
}, 120_000);

test("where it cannot be renewed it is used for as long as it holds, and that is told", async () => {
  const user = userOf(cloud);
  const device = await login(user, await newKey(cloud, "gil@example.com"));
  const noteFile = join(user.home, "keys", "cloud.json");
  const note = JSON.parse(readFileSync(noteFile, "utf8")) as object;
  writeFileSync(noteFile, JSON.stringify({ ...note, api: "http://127.0.0.1:9" }));
  await age(user, device, 61);
  const { code, stdout, stderr } = await user.run(["cloud", "status"]);
  expect(code).toBe(0);
  expect(stderr).toMatch(/certificate ends on \d{4}-\d\d-\d\d and could not be renewed: The cloud does not answer/);
  expect(stdout).toContain("due to be renewed");
  await age(user, device, 91);
  expect(await user.json(["cloud", "status"])).toMatchObject({
    code: 2,
    value: { error: { code: "TUNNEL_REFUSED", message: expect.stringMatching(/ended on .* could not be renewed/) } },
  });
});

test("a device whose user's key has ended renews its certificate by itself", async () => {
  const user = userOf(cloud);
  const device = await login(user, await newKey(cloud, "gus@example.com"));
  rmSync(join(user.home, "keys", "cloud.json"));
  await age(user, device, 61);
  expect(await status(user)).toMatchObject({ code: 0, state: "connected", device, certificate: { renew: false, daysLeft: 89 } });
});

test("a device that was revoked elsewhere is told so, and signs in anew as another one", async () => {
  const user = userOf(cloud);
  const key = await newKey(cloud, "hal@example.com");
  const device = await login(user, key);
  expect(await askCloud(cloud, key, "DELETE", `/v1/devices/${device.id}`)).toMatchObject({ status: 200 });
  await expect
    .poll(() => status(user), { timeout: 20_000 })
    .toMatchObject({ code: 1, state: "failed", error: { code: "TUNNEL_REFUSED", next: expect.stringContaining("cloud login") } });
  await age(user, device, 61);
  expect(await user.json(["cloud", "status"])).toMatchObject({
    code: 2,
    value: { error: { code: "TUNNEL_REFUSED", message: expect.stringContaining("revoked") } },
  });
  const next = await login(user, key);
  expect(next.id).not.toBe(device.id);
  expect(await status(user)).toMatchObject({ state: "connected", device: next });
});

test("where the gateway is not reached the cloud is, by HTTPS; one link alone can be set", async () => {
  const user = userOf(cloud);
  await login(user, await newKey(cloud, "ivo@example.com"));
  await user.run(["config", "set", "cloud.gateway", "localhost:9"]);
  const { switches, ...rest } = await status(user);
  expect(rest).toMatchObject({ code: 0, state: "connected", link: "https" });
  expect(switches).toMatchObject([{ from: "quic", to: "https" }]);
  await user.run(["config", "set", "cloud.link", "h2"]);
  expect(await status(user)).toMatchObject({ code: 1, error: { code: "TUNNEL_UNREACHABLE" } });
  await user.run(["config", "set", "cloud.gateway", cloud.gateway ?? ""]);
  expect(await status(user)).toMatchObject({ code: 0, link: "h2" });
  await user.run(["config", "set", "cloud.link", "https"]);
  expect(await status(user)).toMatchObject({ code: 0, link: "https" });
});

test("a key that may not certify devices signs in without one, and has the way without one", async () => {
  const user = userOf(cloud);
  const { code, stderr } = await user.run(["cloud", "login", "-"], { input: await newKey(cloud, "joy@example.com", "ask billing:read") });
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringMatching(/no certificate.*Scope: devices/) });
  expect(await status(user)).toMatchObject({ code: 0, state: "connected", link: "https", device: null });
});

test("with another account's key in the environment this machine's certificate stays out of it", async () => {
  const user = userOf(cloud);
  await user.run(["cloud", "login", await newKey(cloud, "mine@example.com")]);
  expect(await status(user)).toMatchObject({ state: "connected", device: { id: expect.any(String) } });
  const env = { SYNESIS_API_KEY: await newKey(cloud, "another@example.com") };
  expect(await status(user, env)).toMatchObject({ code: 0, state: "connected", link: "https", device: null });
});

test("through a proxy the cloud is asked over TLS 1.3, with a key of the environment alone", async () => {
  const { key, cert, caCert } = await prepareDevelopment(mkdtempSync(join(tmpdir(), "front-")));
  const versions: (string | null)[] = [];
  const front = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, answer) => {
    versions.push((asked.socket as import("node:tls").TLSSocket).getProtocol());
    const onward = request(new URL(asked.url ?? "", cloud.url), { method: asked.method, headers: asked.headers }, (told) => {
      answer.writeHead(told.statusCode ?? 500, told.headers);
      told.pipe(answer);
    });
    asked.pipe(onward);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  const proxy = await startProxy();
  onTestFinished(() => [front, proxy].forEach((each) => void each.close()));
  const host = `localhost:${(front.address() as AddressInfo).port}`;
  const user = userOf({ url: `https://${host}` });
  const env = { SYNESIS_API_KEY: await newKey(cloud, "kim@example.com"), HTTPS_PROXY: proxy.url, NODE_EXTRA_CA_CERTS: caCert };
  expect(await user.run(["cloud", "balance"], { env })).toMatchObject({ code: 0, stdout: expect.stringContaining("free") });
  expect(await status(user, env)).toMatchObject({ code: 0, state: "connected", link: "https" });
  expect([new Set(versions), new Set(proxy.asked)]).toEqual([new Set(["TLSv1.3"]), new Set([host])]);
  const { NODE_EXTRA_CA_CERTS: _, ...untrusting } = env;
  const { code, stdout } = await user.run(["cloud", "balance", "--json"], { env: untrusting });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 1, error: { code: "TUNNEL_SERVER_UNTRUSTED" } });
});
