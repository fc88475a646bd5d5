import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { SqliteTokenVault } from "./vault.ts";

const email = (value: string) => ({ type: "EMAIL", value });

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), "vault-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
}

function openVault(home: string): SqliteTokenVault {
  const vault = new SqliteTokenVault(home);
  onTestFinished(() => vault.close());
  return vault;
}

function withOneValue(home: string): void {
  const vault = new SqliteTokenVault(home);
  vault.session("s").assign([email("ann@example.com")]);
  vault.close();
}

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "no error";
};

test("nothing is on the disk before a session is used", () => {
  const home = newHome();
  openVault(home).session("s");
  expect(readdirSync(home)).toEqual([]);
});

test("equal values share a number and numbers are kept over restarts", () => {
  const home = newHome();
  withOneValue(home);
  const session = openVault(home).session("s");
  expect(session.assign([email("bob@example.com"), email("ann@example.com"), email("bob@example.com")])).toEqual([2, 1, 2]);
  expect(session.valueOf("EMAIL", 2)).toBe("bob@example.com");
  expect(session.valueOf("PHONE", 1)).toBeUndefined();
});

test("every string comes back as it was", () => {
  const session = openVault(newHome()).session("s");
  for (const value of ["\ud800 lone", "nul \0", "日本語", "", "x".repeat(1_000_000)]) {
    const [number = 0] = session.assign([email(value)]);
    expect(session.valueOf("EMAIL", number)).toBe(value);
  }
});

test("a number that text already uses is passed over", () => {
  const session = openVault(newHome()).session("s");
  expect([session.reserve("EMAIL", 1), session.reserve("EMAIL", 1), session.reserve("EMAIL", 9_999_999)]).toEqual([true, true, true]);
  expect(session.assign([email("ann@example.com")])).toEqual([2]);
  expect(session.reserve("EMAIL", 2)).toBe(false);
  expect(session.valueOf("EMAIL", 1)).toBeUndefined();
});

test("the files are private and show neither values, kinds nor sessions", () => {
  const home = newHome();
  const vault = openVault(home);
  vault.session("customer-4711").assign([{ type: "PASSPORT", value: "secret value" }]);
  for (const file of readdirSync(home).filter((name) => name.startsWith("tokens"))) {
    const bytes = readFileSync(join(home, file));
    for (const text of ["customer-4711", "PASSPORT", "secret value"])
      for (const encoding of ["utf8", "utf16le"] as const) expect(bytes.includes(Buffer.from(text, encoding))).toBe(false);
    expect(statSync(join(home, file)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(home, "keys", "tokens.key")).mode & 0o777).toBe(0o600);
});

test("without its key the vault refuses, and makes no new one", () => {
  const home = newHome();
  withOneValue(home);
  rmSync(join(home, "keys", "tokens.key"));
  expect(codeOf(() => openVault(home).session("s").valueOf("EMAIL", 1))).toBe("TOKEN_KEY_MISSING");
  expect(existsSync(join(home, "keys", "tokens.key"))).toBe(false);
});

test("a key that does not fit, or is none, is refused", () => {
  const home = newHome();
  withOneValue(home);
  for (const key of ["00".repeat(32), "short", ""]) {
    writeFileSync(join(home, "keys", "tokens.key"), key);
    expect(codeOf(() => openVault(home).session("s").valueOf("EMAIL", 1))).toBe("TOKEN_KEY_WRONG");
  }
});

test("a damaged file is refused", () => {
  const home = newHome();
  withOneValue(home);
  const file = join(home, "tokens.db");
  writeFileSync(file, Buffer.concat([Buffer.from("not a database, "), readFileSync(file)]));
  rmSync(`${file}-wal`, { force: true });
  expect(codeOf(() => openVault(home).session("s").valueOf("EMAIL", 1))).toBe("DATABASE_CORRUPT");
});

test("a home that cannot be a folder is named", () => {
  const home = join(newHome(), "file");
  writeFileSync(home, "");
  expect(
    codeOf(() =>
      openVault(home)
        .session("s")
        .assign([email("a@b.co")]),
    ),
  ).toBe("HOME_UNUSABLE");
});

test("session names that could be anything else are refused", () => {
  const vault = openVault(newHome());
  for (const name of ["", "../x", "a b", "x".repeat(65), "é"]) expect(codeOf(() => vault.session(name))).toBe("SESSION_INVALID");
});

test("processes that start a new vault at once agree on key and numbers", async () => {
  const home = newHome();
  const fixture = fileURLToPath(new URL("./start-vault.fixture.ts", import.meta.url));
  const values = Array.from({ length: 20 }, (_, i) => `user${i}@example.com`);
  const start = (order: string[]) => promisify(execFile)(process.execPath, [fixture, home, ...order]);
  const outputs = await Promise.all([start(values), start(values), start(values), start(values)]);
  const numbers = outputs.map(({ stdout }) => JSON.parse(stdout) as number[]);
  expect(new Set(numbers[0]).size).toBe(20);
  for (const other of numbers) expect(other).toEqual(numbers[0]);
  expect(
    openVault(home)
      .session("shared")
      .valueOf("EMAIL", numbers[0]?.[3] ?? 0),
  ).toBe("user3@example.com");
});

test("a forgotten session is gone, others stay", () => {
  const vault = openVault(newHome());
  vault.session("a").assign([email("ann@example.com")]);
  vault.session("b").assign([email("bob@example.com")]);
  expect([vault.forget("a"), vault.forget("a")]).toEqual([true, false]);
  expect(vault.session("a").valueOf("EMAIL", 1)).toBeUndefined();
  expect(vault.session("b").valueOf("EMAIL", 1)).toBe("bob@example.com");
  expect(vault.sessions().map(({ id }) => id)).toEqual(["b"]);
});

test("sessions that were not used for long are forgotten when the vault is opened", () => {
  const home = newHome();
  withOneValue(home);
  const later = new SqliteTokenVault(home, { expireAfterMs: -1_000 });
  onTestFinished(() => later.close());
  expect(later.session("s").valueOf("EMAIL", 1)).toBeUndefined();
});

test("after the key was changed, every process reads on and the old key opens nothing", () => {
  const home = newHome();
  const one = openVault(home);
  const other = openVault(home);
  const keyFile = join(home, "keys", "tokens.key");
  one.session("s").assign([email("ann@example.com")]);
  one.session("s").reserve("EMAIL", 7);
  expect(other.session("s").valueOf("EMAIL", 1)).toBe("ann@example.com");
  const old = readFileSync(keyFile);
  one.rotateKey();
  expect(readFileSync(keyFile)).not.toEqual(old);
  expect([one, other].map((vault) => vault.session("s").valueOf("EMAIL", 1))).toEqual(["ann@example.com", "ann@example.com"]);
  expect(other.session("s").assign([email("ann@example.com"), email("bob@example.com")])).toEqual([1, 2]);
  expect(openVault(home).session("s").reserve("EMAIL", 7)).toBe(true);
  writeFileSync(keyFile, old);
  expect(codeOf(() => openVault(home).session("s").valueOf("EMAIL", 1))).toBe("TOKEN_KEY_WRONG");
});

test("a change of key that was cut off is finished when the vault is opened", () => {
  const home = newHome();
  const keyFile = join(home, "keys", "tokens.key");
  withOneValue(home);
  const old = readFileSync(keyFile);
  const vault = openVault(home);
  vault.rotateKey();
  renameSync(keyFile, `${keyFile}.next`); // as if the process had ended before the new key took its place
  writeFileSync(keyFile, old);
  expect(openVault(home).session("s").valueOf("EMAIL", 1)).toBe("ann@example.com");
  expect(existsSync(`${keyFile}.next`)).toBe(false);
});
