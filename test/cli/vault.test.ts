/** The token vault's sessions and key, seen from outside the process. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { hasSecretService, startSecretService } from "../../plugins/privacy/vault/secret-service.fixture.ts";
import { User } from "./synesis.ts";

const redact = (user: User, session: string, env = {}) =>
  user.run(["redact", "-", "--session", session], { input: "to ada@station.example", env });
const reinflate = async (user: User, session: string, env = {}) =>
  (await user.run(["reinflate", "-", "--session", session], { input: "to [EMAIL_01]", env })).stdout;

test("without a vault there is nothing to list, to forget or to change, and none is made", async () => {
  const user = new User();
  expect(await user.json(["vault", "sessions"])).toMatchObject({ code: 0, value: [] });
  expect(await user.json(["vault", "forget", "s"])).toMatchObject({ code: 2, value: { error: { code: "SESSION_NOT_FOUND" } } });
  expect(await user.json(["vault", "rotate"])).toMatchObject({ code: 0, value: { changed: false, keyStore: null } });
  expect(await user.json(["vault", "move", "file"])).toMatchObject({ code: 0, value: { changed: false, keyStore: null } });
  expect(await user.json(["vault", "move", "elsewhere"])).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
  expect(existsSync(user.home)).toBe(false);
});

test("sessions are listed without values, and forgotten for good", async () => {
  const user = new User();
  await redact(user, "a");
  await redact(user, "b");
  const { value } = await user.json(["vault", "sessions"]);
  const times = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
  expect(value).toEqual(["b", "a"].map((session) => ({ session, values: 1, usedAt: expect.stringMatching(times) })));
  expect(await user.json(["vault", "forget", "a"])).toMatchObject({ code: 0, value: { session: "a", forgotten: true } });
  expect(await reinflate(user, "a")).toBe("to [EMAIL_01]");
  expect(await reinflate(user, "b")).toBe("to ada@station.example");
});

test("a new key takes the place of the old one, and values are read on", async () => {
  const user = new User();
  await redact(user, "s");
  const key = () => readFileSync(join(user.home, "keys/tokens.key"), "utf8");
  const before = key();
  expect(await user.json(["vault", "rotate"])).toMatchObject({ code: 0, value: { changed: true, keyStore: "file" } });
  expect(key()).not.toBe(before);
  expect(await user.json(["vault", "move", "file"])).toMatchObject({ code: 0, value: { changed: false, keyStore: "file" } });
  expect(await reinflate(user, "s")).toBe("to ada@station.example");
});

test("without a keychain a key cannot move there, stays where it is, and doctor says so", async () => {
  const user = new User();
  await redact(user, "s");
  expect(await user.json(["vault", "move", "keychain"])).toMatchObject({ code: 2, value: { error: { code: "KEYCHAIN_UNREACHABLE" } } });
  expect(await reinflate(user, "s")).toBe("to ada@station.example");
  await user.run(["config", "set", "privacy.keyStore", "keychain"]);
  const { checks } = (await user.json(["doctor"])).value as { checks: { name: string; ok: boolean; next: string | null }[] };
  expect(checks.filter(({ ok }) => !ok)).toMatchObject([{ name: "keychain", next: expect.stringContaining("privacy.keyStore file") }]);
});

const inKeychain = test.skipIf(!hasSecretService);

inKeychain(
  "with a Secret Service the key is kept there, can be moved, and a locked one loses nothing (skipped where none is)",
  async () => {
    const service = await startSecretService();
    onTestFinished(() => service.stop());
    const { env } = service;
    const user = new User();
    const json = async (args: string[]) => JSON.parse((await user.run([...args, "--json"], { env })).stdout) as unknown;
    const tokenKey = async () =>
      ((await json(["doctor"])) as { checks: { name: string; ok: boolean; detail: string }[] }).checks.find(
        ({ name }) => name === "token key",
      );
    await redact(user, "s", env);
    expect(readdirSync(user.home)).not.toContain("keys");
    expect(await tokenKey()).toMatchObject({ ok: true, detail: expect.stringContaining("keychain") });
    expect(await json(["vault", "rotate"])).toEqual({ changed: true, keyStore: "keychain" });
    expect(await json(["vault", "move", "file"])).toEqual({ changed: true, keyStore: "file" });
    expect(await reinflate(user, "s")).toBe("to ada@station.example"); // the keychain is not needed any more
    expect(await json(["vault", "move", "keychain"])).toEqual({ changed: true, keyStore: "keychain" });
    expect(await reinflate(user, "s", env)).toBe("to ada@station.example");
    service.lock();
    expect(await json(["vault", "sessions"])).toMatchObject({ error: { code: "KEYCHAIN_UNREACHABLE" } });
    expect(await tokenKey()).toMatchObject({ ok: false });
    expect(existsSync(join(user.home, "keys", "tokens.key"))).toBe(false);
  },
);
