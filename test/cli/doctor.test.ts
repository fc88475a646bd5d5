import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { User } from "./synesis.ts";

interface Doctor {
  readonly ok: boolean;
  readonly checks: readonly { name: string; ok: boolean; detail: string; next: string | null }[];
}

const examine = async (user: User) => {
  const { code, value } = await user.json(["doctor"]);
  const { ok, checks } = value as Doctor;
  return { code, ok, checks, wrong: checks.filter((check) => !check.ok) };
};

test("doctor finds this machine well, each check with its detail", async () => {
  const { code, ok, checks, wrong } = await examine(new User());
  expect(wrong).toEqual([]);
  expect({ code, ok }).toEqual({ code: 0, ok: true });
  const names = [
    "node",
    "native modules",
    "home",
    "settings",
    "tokens.db",
    "knowledge.db",
    "runs.db",
    "ledger.db",
    "token key",
    "keychain",
    "account",
    "patterns",
    "egress log",
    "embedder",
    "disk",
    "memory",
    "gpu",
    "models",
    "runtime",
    "servers",
    "generator",
    "udp",
  ];
  expect(checks.map(({ name }) => name)).toEqual(names);
  for (const check of checks) expect(check.detail).toMatch(/\w/);
});

test("doctor names what is wrong and says how to repair it, and goes on with the rest", async () => {
  const user = new User();
  await user.run(["redact", "-", "--session", "a"], { input: "mail zoe@example.org" });
  writeFileSync(join(user.home, "knowledge.db"), "this is no database at all");
  writeFileSync(join(user.home, "ledger.db"), "nor is this");
  writeFileSync(join(user.home, "keys", "device.pem"), "and this is no identity");
  writeFileSync(join(user.home, "config.json"), '{"council":{"rounds":9}}');
  user.write("../home/models/broken.gguf", "nothing");
  const { code, ok, wrong } = await examine(user);
  expect({ code, ok }).toEqual({ code: 2, ok: false });
  expect(wrong.map(({ name }) => name)).toEqual(["settings", "knowledge.db", "ledger.db", "account", "models"]);
  for (const { next } of wrong) expect(next).toMatch(/\w/);
});

test("init shows what it proposes, and writes it with --yes only", async () => {
  const user = new User();
  const looked = await user.json(["init"]);
  expect(looked).toMatchObject({
    code: 0,
    value: { written: false, hardware: { cpu: { cores: expect.any(Number) } }, settings: expect.any(Object) },
  });
  expect((await user.json(["init", "--yes"])).value).toMatchObject({ home: user.home, written: true });
  expect((await user.json(["config", "list"])).code).toBe(0);
  expect((await examine(user)).checks.find(({ name }) => name === "settings")?.detail).toMatch(/config\.json is valid/);
});
