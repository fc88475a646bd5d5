/** Redaction, giving back and the vault with what no one would give them on purpose. */
import { chmodSync, chownSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { finished, User } from "./synesis.ts";

const SENTENCE = "Write to ada@station.example or call +44 20 7946 0958, lorem ipsum dolor sit amet. ";

async function userWithVault(): Promise<User> {
  const user = new User();
  await user.run(["redact", "-", "--session", "s"], { input: "to ada@station.example" });
  return user;
}

/** Every command that needs the vault's values, with its input. */
const VAULT_COMMANDS: readonly (readonly [args: readonly string[], input?: string])[] = [
  [["redact", "-", "--session", "s"], "to bob@station.example"],
  [["reinflate", "-", "--session", "s"], "to [EMAIL_01]"],
  [["vault", "sessions"]],
  [["vault", "rotate"]],
];

test.each(["redact", "reinflate"])("%s refuses a file that is not UTF-8, and takes NUL and lone marks as they are", async (command) => {
  const user = new User({ "bad.txt": Buffer.from([0x61, 0xc3, 0x28, 0xff]), "odd.txt": "a\0b\ufeff\u2028\u202e\r\n" });
  expect(await user.json([command, "bad.txt", "--session", "s"])).toMatchObject({ code: 2, value: { error: { code: "INPUT_NOT_TEXT" } } });
  expect((await user.run([command, "odd.txt", "--session", "s"])).stdout).toBe("a\0b\ufeff\u2028\u202e\r\n");
});

test("one long line is redacted and comes back as it was, through files and pipes", async () => {
  const line = SENTENCE.repeat(15_000); // 1.2 MB: looked through in a thread
  const user = new User({ "line.txt": line });
  const { code, stdout, stderr } = await user.run(["redact", "line.txt", "--session", "s"]);
  expect({ code, stderr, leaks: /ada@|7946/.test(stdout) }).toEqual({ code: 0, stderr: "", leaks: false });
  const back = await user.run(["reinflate", "-", "--session", "s"], { input: stdout });
  expect(back.stdout === line).toBe(true);
});

test("Ctrl-C is heard while a batch looks through a large text, and nothing of that text is kept", async () => {
  const user = new User();
  const child = user.start(["batch", "redact", "-", "--session", "s"]);
  const ended = finished(child);
  await new Promise<void>((written) => child.stdin.end(`${JSON.stringify({ id: 1, text: SENTENCE.repeat(250_000) })}\n`, () => written()));
  await sleep(500);
  child.kill("SIGINT");
  const { code, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining("Interrupted") });
  expect((await user.json(["vault", "sessions"])).value).toEqual([]);
});

test.each([
  ["of a newer version", "DATABASE_NEWER", (home: string) => new Sqlite(join(home, "tokens.db")).pragma("user_version = 99")],
  ["whose key is gone", "TOKEN_KEY_MISSING", (home: string) => rmSync(join(home, "keys", "tokens.key"))],
  ["with another key", "TOKEN_KEY_WRONG", (home: string) => writeFileSync(join(home, "keys", "tokens.key"), "ab".repeat(32))],
  ["with half a key", "TOKEN_KEY_WRONG", (home: string) => writeFileSync(join(home, "keys", "tokens.key"), "ab".repeat(16))],
  ["that was damaged", "DATABASE_CORRUPT", (home: string) => writeFileSync(join(home, "tokens.db"), "scrambled ".repeat(2_000))],
] as const)("a vault %s is named by every command, and nothing of it is changed", async (_, code, spoil) => {
  const user = await userWithVault();
  spoil(user.home);
  const state = () =>
    [join(user.home, "tokens.db"), join(user.home, "keys", "tokens.key")].map((file) => existsSync(file) && readFileSync(file));
  const before = state();
  for (const [args, input] of VAULT_COMMANDS) {
    const { value } = await user.json(args, input);
    expect({ args, value }).toMatchObject({ value: { error: { code, next: expect.stringMatching(/\w/) } } });
  }
  expect(state()).toEqual(before);
  const { checks } = (await user.json(["doctor"])).value as { checks: { name: string; ok: boolean }[] };
  expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain("token key");
});

/** Root may write everywhere, so that a home is read-only for somebody else only. */
const SOMEBODY = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : undefined;

/** Takes every right to write from the user's home; gives what runs commands there, and what gives the rights back. */
function readOnly(user: User) {
  const entries = ["", ...readdirSync(user.home, { recursive: true, encoding: "utf8" })].map((name) => join(user.home, name));
  chmodSync(user.folder, 0o755);
  for (const entry of entries) if (SOMEBODY) chownSync(entry, SOMEBODY.uid, SOMEBODY.gid);
  for (const entry of entries) chmodSync(entry, /\.(?:db|key)/.test(entry) ? 0o400 : 0o500);
  const run = (args: readonly string[], input = "") => {
    const child = user.start(args, {}, SOMEBODY);
    child.stdin.end(input);
    return finished(child);
  };
  const undo = () => {
    for (const entry of entries) chmodSync(entry, 0o700);
  };
  return { run, undo };
}

const onPosix = test.skipIf(process.platform === "win32");

onPosix("in a home that cannot be written, text without values is told to be so; names of the session are still known", async () => {
  const user = new User();
  await user.run(["redact", "-", "--session", "s"], { input: "My name is Zelda Quorv and I live in Oslo." });
  const { run, undo } = readOnly(user);
  expect(await run(["redact", "-", "--session", "s"], "the lamp is green")).toEqual({ code: 0, stdout: "the lamp is green", stderr: "" });
  expect((await run(["redact", "-"], "the lamp is green")).code).toBe(0);
  const named = await run(["redact", "-", "--session", "s", "--json"], "the zelda quorv lamp");
  expect(JSON.parse(named.stdout)).toMatchObject({ error: { code: "HOME_UNUSABLE", next: expect.stringMatching(/writable/) } });
  undo();
});

test("without WebAssembly nothing is redacted, and what to do is said", async () => {
  const user = new User();
  const { code, stdout } = await user.run(["redact", "-", "--json"], {
    input: "to ada@station.example",
    env: { NODE_OPTIONS: "--jitless" },
  });
  const error = { code: "WEBASSEMBLY_MISSING", next: expect.stringContaining("--jitless") };
  expect({ code, value: JSON.parse(stdout) as unknown }).toMatchObject({ code: 2, value: { error } });
});

onPosix("a home that cannot be written is named by every command that needs to", async () => {
  const user = await userWithVault();
  const { run, undo } = readOnly(user);
  for (const [args, input] of VAULT_COMMANDS) {
    const { stdout } = await run([...args, "--json"], input);
    const error = { code: expect.stringMatching(/^(?:HOME_UNUSABLE|DATABASE_READONLY)$/), next: expect.stringMatching(/writable/) };
    expect({ args, value: JSON.parse(stdout) as unknown }).toEqual({ args, value: { error: expect.objectContaining(error) } });
  }
  undo();
  expect((await user.run(["reinflate", "-", "--session", "s"], { input: "to [EMAIL_01]" })).stdout).toBe("to ada@station.example");
});
