import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import Sqlite from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { SynesisError } from "../../../kernel/index.ts";
import type { Keychain } from "../../../pipeline/keychain.ts";
import type { KeyPreference } from "./keys.ts";
import { SqliteTokenVault } from "./vault.ts";

/** Stands for the system's keychain, which a test must not write to. */
class MemoryKeychain implements Keychain {
  readonly entries = new Map<string, string>();
  reachable = true;

  read(account: string): string | undefined {
    this.#reach(account);
    return this.entries.get(account);
  }

  write(account: string, text: string): void {
    this.#reach(account);
    expect(text).toMatch(/^[0-9a-f]{64}$/);
    this.entries.set(account, text);
  }

  remove(account: string): void {
    this.#reach(account);
    this.entries.delete(account);
  }

  #reach(account: string): void {
    expect(account).toMatch(/^token-vault-[0-9a-f]{32}$/);
    if (!this.reachable) throw new SynesisError("KEYCHAIN_UNREACHABLE");
  }
}

const email = (value: string) => ({ type: "EMAIL", value });
const VALUES = Array.from({ length: 300 }, (_, i) => `user${i}@example.com`);

class Home {
  readonly folder = mkdtempSync(join(tmpdir(), "keys-"));
  readonly keyFile = join(this.folder, "keys", "tokens.key");
  readonly keychain = new MemoryKeychain();

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  vault(keyStore: KeyPreference): SqliteTokenVault {
    const vault = new SqliteTokenVault(this.folder, { keyStore, keychain: this.keychain });
    onTestFinished(() => vault.close());
    return vault;
  }

  /** Writes values by a vault of its own and gives where the key is. */
  fill(keyStore: KeyPreference): string {
    const vault = this.vault(keyStore);
    vault.session("s").assign(VALUES.map(email));
    const place = vault.keyPlace();
    vault.close();
    return place;
  }

  holdsAll(keyStore: KeyPreference = "auto"): void {
    const session = this.vault(keyStore).session("s");
    expect(VALUES.map((_, i) => session.valueOf("EMAIL", i + 1))).toEqual(VALUES);
  }
}

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
  return "no error";
};

test.each([
  ["auto", true, "keychain"],
  ["auto", false, "file"],
  ["keychain", true, "keychain"],
  ["file", true, "file"],
] as const)(
  "a new vault's key with the setting %s and a keychain that can be reached (%s) is kept in the %s",
  (keyStore, reachable, place) => {
    const home = new Home();
    home.keychain.reachable = reachable;
    expect(home.fill(keyStore)).toBe(place);
    expect({ inKeychain: home.keychain.entries.size, inFile: existsSync(home.keyFile) }).toEqual(
      place === "file" ? { inKeychain: 0, inFile: true } : { inKeychain: 1, inFile: false },
    );
    home.holdsAll();
  },
);

test("a keychain that is demanded and cannot be reached is an error, and a try later starts the vault", () => {
  const home = new Home();
  home.keychain.reachable = false;
  expect(codeOf(() => home.fill("keychain"))).toBe("KEYCHAIN_UNREACHABLE");
  expect(existsSync(home.keyFile)).toBe(false);
  home.keychain.reachable = true;
  expect(home.fill("keychain")).toBe("keychain");
});

test.each(["auto", "keychain", "file"] as const)("a key in a file goes on being used with the setting %s", (keyStore) => {
  const home = new Home();
  home.fill("file");
  home.holdsAll(keyStore);
  home.vault(keyStore).rotateKey();
  expect(home.vault(keyStore).keyPlace()).toBe("file");
  rmSync(join(home.folder, "tokens.db"));
  expect(home.fill(keyStore)).toBe("file");
  expect(home.keychain.entries.size).toBe(0);
});

test("a key moves between file and keychain, and nothing of the old one stays", () => {
  const home = new Home();
  home.fill("file");
  const inFile = readFileSync(home.keyFile, "utf8").trim();
  expect(home.vault("file").rotateKey("keychain")).toBe("keychain");
  expect(readdirSync(join(home.folder, "keys"))).toEqual([]);
  const [inKeychain] = home.keychain.entries.values();
  expect(inKeychain).not.toBe(inFile);
  home.holdsAll("file");
  home.vault("auto").rotateKey();
  expect([...home.keychain.entries.values()]).toEqual([expect.not.stringContaining(inKeychain as string)]);
  expect(home.vault("auto").rotateKey("file")).toBe("file");
  expect(home.keychain.entries.size).toBe(0);
  expect(readdirSync(join(home.folder, "keys"))).toEqual(["tokens.key"]);
  home.holdsAll();
});

test("a keychain that cannot be reached, has lost the key, or has another one, is named; no new key is made", () => {
  const home = new Home();
  home.fill("keychain");
  const [entry] = [...home.keychain.entries] as [[string, string]];
  const read = () => codeOf(() => home.holdsAll());
  home.keychain.reachable = false;
  expect(read()).toBe("KEYCHAIN_UNREACHABLE");
  home.keychain.reachable = true;
  home.keychain.entries.clear();
  expect(read()).toBe("TOKEN_KEY_MISSING");
  home.keychain.entries.set(entry[0], "00".repeat(32));
  expect(read()).toBe("TOKEN_KEY_WRONG");
  expect(home.keychain.entries.size).toBe(1);
  expect(existsSync(home.keyFile)).toBe(false);
  home.keychain.entries.set(...entry);
  home.holdsAll();
});

test("an old key that could not be destroyed when it was replaced is destroyed when the vault is next opened", () => {
  const home = new Home();
  home.fill("keychain");
  const keychain = home.keychain;
  const vault = home.vault("auto");
  vault.keyPlace();
  const { remove } = keychain;
  keychain.remove = () => {
    throw new SynesisError("KEYCHAIN_UNREACHABLE");
  };
  vault.rotateKey("file");
  expect(keychain.entries.size).toBe(1);
  keychain.remove = remove;
  home.holdsAll();
  expect(keychain.entries.size).toBe(0);
});

test("nothing of a forgotten session is left in any file, also while another process has the vault open", () => {
  const home = new Home();
  const other = home.vault("file");
  const vault = home.vault("file");
  vault.session("gone").assign(VALUES.map(email));
  const db = new Sqlite(join(home.folder, "tokens.db"), { readonly: true });
  const rows = db
    .prepare("SELECT kind, lookup, sealed FROM tokens UNION ALL SELECT id, name, name FROM sessions")
    .raw()
    .all()
    .flat() as Buffer[];
  db.close();
  other.session("kept").assign([email("kept@example.com")]);
  const found = () => {
    const files = readdirSync(home.folder).filter((name) => name.startsWith("tokens.db"));
    const bytes = Buffer.concat(files.map((name) => readFileSync(join(home.folder, name))));
    return rows.filter((part) => bytes.includes(part)).length;
  };
  expect(found()).toBe(rows.length);
  vault.forget("gone");
  expect(found()).toBe(0);
  expect(other.session("kept").valueOf("EMAIL", 1)).toBe("kept@example.com");
});

const fixture = (name: string) => fileURLToPath(new URL(`./${name}.fixture.ts`, import.meta.url));

function changeKeys(home: Home, pauseMs: number): ChildProcess {
  const child = spawn(process.execPath, [fixture("change-keys"), home.folder, String(pauseMs), "file"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

test("a change of key that is killed, wherever that is, loses nothing", async () => {
  const home = new Home();
  home.fill("file");
  for (let i = 0; i < 25; i++) {
    const child = changeKeys(home, 0);
    const ended = once(child, "close");
    await once(child.stdout as NodeJS.ReadableStream, "data");
    await sleep((i * 7) % 43); // a change takes about that long: every part of it is hit
    child.kill("SIGKILL");
    await ended;
    home.holdsAll();
  }
  home.vault("file").rotateKey();
  expect(readdirSync(join(home.folder, "keys"))).toEqual(["tokens.key"]);
});

test("keys are changed by two processes while others redact, and every value keeps its number", async () => {
  const home = new Home();
  home.fill("file");
  const changing = [changeKeys(home, 50), changeKeys(home, 50)];
  await Promise.all(changing.map((child) => once(child.stdout as NodeJS.ReadableStream, "data")));
  const assign = (values: string[]) => promisify(execFile)(process.execPath, [fixture("start-vault"), home.folder, ...values]);
  for (let i = 0; i < 3; i++) {
    const outputs = await Promise.all([assign(VALUES), assign(VALUES.slice(0, 20 + i))]);
    for (const { stdout } of outputs) {
      const numbers = JSON.parse(stdout) as number[];
      expect(numbers).toEqual(numbers.map((_, j) => j + 1));
    }
  }
  for (const child of changing) expect(child.exitCode).toBeNull(); // neither has failed
  for (const child of changing) {
    child.kill("SIGKILL");
    await once(child, "close");
  }
  home.holdsAll();
});
