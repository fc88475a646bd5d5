import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { SynesisError } from "../../kernel/index.ts";
import type { Keychain } from "../../pipeline/keychain.ts";
import { type CredentialOptions, Credentials } from "./credentials.ts";

const API = "https://cloud.example";
const keyOf = (letter: string) => `si_${letter.repeat(16)}_${"s".repeat(43)}`;

/** Stands for the system's keychain, which a test must not write to. */
class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  reachable = true;

  #reach(): void {
    if (!this.reachable) throw new SynesisError("KEYCHAIN_UNREACHABLE");
  }

  read(account: string): string | undefined {
    this.#reach();
    return this.entries.get(account);
  }

  write(account: string, text: string): void {
    this.#reach();
    this.entries.set(account, text);
  }

  remove(account: string): void {
    this.#reach();
    this.entries.delete(account);
  }
}

function newHome(more: Partial<CredentialOptions> = {}) {
  const home = mkdtempSync(join(tmpdir(), "credentials-"));
  const keychain = new MemoryKeychain();
  const open = (other: Partial<CredentialOptions> = {}) =>
    new Credentials(home, { preference: "auto", keychain, env: {}, ...more, ...other });
  return { home, file: join(home, "keys", "cloud.json"), keychain, open };
}

test("a key goes into the keychain, and the file beside it does not hold it", () => {
  const { file, keychain, open } = newHome();
  expect(open().keep(API, keyOf("a"))).toMatchObject({ place: "keychain" });
  expect(open().find(API)).toEqual({ api: API, key: keyOf("a"), id: "a".repeat(16), place: "keychain" });
  expect(readFileSync(file, "utf8")).not.toContain("ssss");
  open().keep(API, keyOf("b"));
  expect([...keychain.entries.values()]).toEqual([keyOf("b")]);
  expect(open().remove()).toBe(true);
  expect([keychain.entries.size, existsSync(file), open().remove()]).toEqual([0, false, false]);
});

test("without a keychain a key goes into a file that only its owner can read", () => {
  const { home, file, keychain, open } = newHome();
  keychain.reachable = false;
  expect(open().keep(API, keyOf("a"))).toMatchObject({ place: "file" });
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(open().find(API)?.key).toBe(keyOf("a"));
  expect(readdirSync(join(home, "keys"))).toEqual(["cloud.json"]);
  expect(() => open({ preference: "keychain" }).keep(API, keyOf("b"))).toThrow("keychain");
  expect(open().find(API)?.key).toBe(keyOf("a"));
});

test("a keychain that is locked is told apart from a key that is gone", () => {
  const { keychain, open } = newHome();
  open().keep(API, keyOf("a"));
  keychain.reachable = false;
  expect(() => open().find(API)).toThrow("keychain");
  keychain.reachable = true;
  keychain.entries.clear();
  expect(open().find(API)).toBeUndefined();
});

test("the keychain is not asked where it has no key", () => {
  const { keychain, open } = newHome();
  keychain.reachable = false;
  expect(open().find(API)).toBeUndefined();
  open({ preference: "file" }).keep(API, keyOf("a"));
  expect(open().find(API)?.place).toBe("file");
});

test("a key that moves to the file leaves nothing in the keychain", () => {
  const { keychain, open } = newHome();
  open().keep(API, keyOf("a"));
  open({ preference: "file" }).keep(API, keyOf("a"));
  expect([keychain.entries.size, open().find(API)?.place]).toEqual([0, "file"]);
});

test("a key is used with the cloud that it is for, and with no other", () => {
  const { open } = newHome();
  open().keep(API, keyOf("a"));
  expect(open().find("https://other.example")).toBeUndefined();
});

test("the environment's key comes first, and one that is none is not told", () => {
  const { open } = newHome();
  open().keep(API, keyOf("a"));
  expect(open({ env: { SYNESIS_API_KEY: ` ${keyOf("e")}\n` } }).find(API)).toMatchObject({ key: keyOf("e"), place: "environment" });
  expect(open({ env: { SYNESIS_API_KEY: "" } }).find(API)).toMatchObject({ key: keyOf("a") });
  expect(() => open({ env: { SYNESIS_API_KEY: "hunter2-hunter2" } }).find(API)).toThrow(
    expect.objectContaining({ code: "CLOUD_KEY_INVALID", message: expect.not.stringContaining("hunter2") }),
  );
});

test("what is no key is not kept, and a damaged file says so", () => {
  const { file, open } = newHome();
  expect(() => open().keep(API, "si_short")).toThrow(expect.objectContaining({ code: "CLOUD_KEY_INVALID" }));
  expect(existsSync(file)).toBe(false);
  open({ preference: "file" }).keep(API, keyOf("a"));
  for (const damaged of ["", "{", "[]", '{"api":1}', JSON.stringify({ api: API, id: "x", key: "y" })]) {
    writeFileSync(file, damaged);
    expect(() => open().find(API), damaged).toThrow(expect.objectContaining({ code: "CLOUD_KEY_INVALID" }));
  }
});
