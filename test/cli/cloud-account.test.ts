/** Signing in and out, seen from outside the process, with the cloud on this machine. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { decide, type Fetch } from "../../cloud/local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { hasSecretService, startSecretService } from "../../plugins/privacy/vault/secret-service.fixture.ts";
import { newKey as newKeyAt, startLogin as startLoginAt, userOf } from "./cloud-user.ts";
import { User } from "./synesis.ts";

let cloud: LocalCloud;
const fetchThere: Fetch = (path, init) => fetch(new URL(path, cloud.url), init);
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

const newUser = (api = cloud.url) => userOf({ url: api });
const keyFile = (user: User) => join(user.home, "keys", "cloud.json");
const newKey = (email: string, scope?: string) => newKeyAt(cloud, email, scope);
const statusWith = async (key: string) => (await fetchThere("/v1/billing/balance", { headers: { authorization: `Bearer ${key}` } })).status;

const startLogin = (user: User) => startLoginAt(user, cloud);

test("a code is shown and approved in the browser; logout revokes the key and removes it", async () => {
  const user = newUser();
  const { end, code } = await startLogin(user);
  expect(await decide(fetchThere, cloud.mail, code, "ada@example.com", "approve")).toBe(200);
  const { code: exit, stdout } = await end;
  expect({ exit, ...JSON.parse(stdout) }).toMatchObject({ exit: 0, api: cloud.url, keyStore: "file" });
  expect(statSync(keyFile(user)).mode & 0o777).toBe(0o600);
  const { key } = JSON.parse(readFileSync(keyFile(user), "utf8")) as { key: string };
  expect(readFileSync(join(user.home, "config.json"), "utf8")).not.toContain(key.slice(20));
  expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 0, value: { tier: "free", owed: "0.00", ceiling: "100.00" } });
  expect(await user.json(["cloud", "logout"])).toMatchObject({ code: 0, value: { signedOut: true, revoked: true } });
  expect([existsSync(keyFile(user)), await statusWith(key)]).toEqual([false, 401]);
  expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_NOT_SIGNED_IN" } } });
  expect(await user.json(["cloud", "logout"])).toMatchObject({ code: 0, value: { signedOut: false, revoked: false } });
});

test("a sign-in that is denied, or interrupted, keeps nothing", async () => {
  const user = newUser();
  const { end, code } = await startLogin(user);
  await decide(fetchThere, cloud.mail, code, "eve@example.com", "deny");
  const { code: exit, stdout } = await end;
  expect({ exit, ...JSON.parse(stdout) }).toMatchObject({ exit: 2, error: { code: "CLOUD_SIGN_IN_FAILED" } });
  const second = await startLogin(user);
  second.child.kill("SIGINT");
  expect((await second.end).code).toBe(130);
  expect(existsSync(keyFile(user))).toBe(false);
});

test("a key comes by argument, from standard input or from the environment, and is told by none of them", async () => {
  const key = await newKey("bob@example.com");
  const ways: [string[], object, RegExp][] = [
    [["cloud", "login", key], {}, /shell's history/],
    [["cloud", "login", "-"], { input: `${key}\n` }, /^$/],
    [["cloud", "login"], { env: { SYNESIS_API_KEY: key } }, /^$/],
  ];
  for (const [args, options, told] of ways) {
    const user = newUser();
    const { code, stdout, stderr } = await user.run(args, options);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(told) });
    expect(stdout + stderr).not.toContain(key.slice(20));
    expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 0, value: { tier: "free" } });
  }
});

test("what is no key is sent nowhere, and a key that the cloud does not know is not kept", async () => {
  const user = newUser("http://127.0.0.1:9");
  for (const [args, input] of [
    [["cloud", "login", "sk-hunter2-hunter2"], ""],
    [["cloud", "login", "-"], ""],
  ] as const) {
    const { code, stdout, stderr } = await user.run([...args, "--json"], { input });
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 2, error: { code: "CLOUD_KEY_INVALID" } });
    expect(stdout + stderr).not.toContain("hunter2");
  }
  const stranger = newUser();
  const unknown = `si_${"a".repeat(16)}_${"b".repeat(43)}`;
  expect(await stranger.json(["cloud", "login", unknown])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_KEY_INVALID" } } });
  expect(existsSync(keyFile(stranger))).toBe(false);
});

test("the key in the environment comes first, and one that is refused says where it is", async () => {
  const user = newUser();
  await user.run(["cloud", "login", await newKey("cleo@example.com")]);
  const env = { SYNESIS_API_KEY: `si_${"a".repeat(16)}_${"b".repeat(43)}` };
  const { code, stdout } = await user.run(["cloud", "balance", "--json"], { env });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 2,
    error: { code: "CLOUD_NOT_SIGNED_IN", next: expect.stringContaining("SYNESIS_API_KEY") },
  });
});

test("a question that a refused key of the environment would take to the cloud says so too", async () => {
  const user = newUser();
  user.write("a.md", "The lamp is green.");
  const env = { SYNESIS_API_KEY: `si_${"a".repeat(16)}_${"b".repeat(43)}` };
  const { code, stdout } = await user.run(["ask", "Who lit the lamp at the northern station?", "--path", ".", "--cloud", "--json"], {
    env,
  });
  expect({ code, ...JSON.parse(stdout) }).toMatchObject({
    code: 2,
    error: { code: "CLOUD_NOT_SIGNED_IN", next: expect.stringContaining("SYNESIS_API_KEY") },
  });
});

test("logout says what it could not tell the cloud, and where that stays", async () => {
  const user = newUser();
  await user.run(["cloud", "login", await newKey("lena@example.com")]);
  writeFileSync(join(user.home, "ledger.db"), "no database at all, and long enough to be taken for one ".repeat(20));
  const { code, stderr } = await user.run(["cloud", "logout"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/not been told yet stays in .*ledger\.db/) });
  expect(existsSync(keyFile(user))).toBe(false);
});

test("a second sign-in replaces the first, whose key is revoked; the same key again stays good", async () => {
  const user = newUser();
  const [first, second] = [await newKey("dora@example.com"), await newKey("dora@example.com")];
  await user.run(["cloud", "login", first]);
  await user.run(["cloud", "login", second]);
  await user.run(["cloud", "login", second]);
  expect([await statusWith(first), await statusWith(second)]).toEqual([401, 200]);
});

test("offline, logout removes the key and says that the cloud does not know", async () => {
  const user = newUser();
  const key = await newKey("finn@example.com");
  await user.run(["cloud", "login", "-"], { input: key });
  const note = JSON.parse(readFileSync(keyFile(user), "utf8")) as object;
  writeFileSync(keyFile(user), JSON.stringify({ ...note, api: "http://127.0.0.1:9" }));
  const { code, stdout, stderr } = await user.run(["cloud", "logout"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Signed out.\n" });
  expect(stderr).toMatch(/could not be told: The cloud does not answer/);
  expect([existsSync(keyFile(user)), await statusWith(key)]).toEqual([false, 200]);
});

test("a key without the right to revoke keys is removed here, and that is told", async () => {
  const user = newUser();
  await user.run(["cloud", "login", await newKey("gus@example.com", "ask")]);
  const { code, stdout, stderr } = await user.run(["cloud", "logout"]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "Signed out.\n" });
  expect(stderr).toMatch(/could not be told: .*Scope: keys/);
});

test.skipIf(!hasSecretService)(
  "with a Secret Service the key is kept there, and a locked one is told (skipped where none is)",
  async () => {
    const service = await startSecretService();
    onTestFinished(() => service.stop());
    const { env } = service;
    const user = newUser();
    const json = async (args: string[], input = "") => JSON.parse((await user.run([...args, "--json"], { env, input })).stdout) as unknown;
    const key = await newKey("eve@example.com");
    expect(await json(["cloud", "login", "-"], key)).toMatchObject({ keyStore: "keychain" });
    expect(readFileSync(keyFile(user), "utf8")).not.toContain(key.slice(20));
    expect(await json(["cloud", "balance"])).toMatchObject({ tier: "free" });
    service.lock();
    expect(await json(["cloud", "balance"])).toMatchObject({ error: { code: "KEYCHAIN_UNREACHABLE" } });
    expect(await json(["cloud", "logout"])).toMatchObject({ signedOut: true, revoked: false });
  },
);

test("a damaged file of the key is told, and can be replaced", async () => {
  const user = newUser();
  const key = await newKey("hal@example.com");
  await user.run(["cloud", "login", key]);
  writeFileSync(keyFile(user), "{");
  expect(await user.json(["cloud", "balance"])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_KEY_INVALID" } } });
  expect(await user.json(["cloud", "logout"])).toMatchObject({ code: 0, value: { signedOut: true, revoked: false } });
  expect((await user.json(["cloud", "login", key])).code).toBe(0);
});

test("without an address, with one in plain text, and with a key for another cloud", async () => {
  const user = new User();
  expect(await user.json(["cloud", "login"])).toMatchObject({ code: 2, value: { error: { code: "CLOUD_ADDRESS_MISSING" } } });
  expect(await user.json(["cloud", "logout"])).toMatchObject({ code: 0, value: { signedOut: false } });
  for (const address of ["http://cloud.example", "https://cloud.example/path", "https://u:p@cloud.example", "cloud.example", "ftp://x"])
    expect((await user.json(["config", "set", "cloud.api", address])).code, address).toBe(2);
  await user.run(["config", "set", "cloud.api", cloud.url]);
  await user.run(["cloud", "login", await newKey("ivy@example.com")]);
  await user.run(["config", "set", "cloud.api", "https://cloud.example"]);
  expect(await user.json(["cloud", "balance"])).toMatchObject({
    code: 2,
    value: { error: { code: "CLOUD_NOT_SIGNED_IN", message: expect.stringContaining(cloud.url) } },
  });
});
