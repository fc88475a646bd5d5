/** The user's say in what is hidden, what is refused, and what never leaves; seen from outside the process. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FrameDecoder } from "../../cloud/wire/frames.ts";
import { decodeMessage } from "../../cloud/wire/messages.ts";
import { EgressLog } from "../../plugins/privacy/egress/log.ts";
import { User } from "./synesis.ts";

const PACK = join(import.meta.dirname, "../fixtures/patterns/harbour-library.json");

/** A user with these settings. */
async function withSettings(settings: Readonly<Record<string, string>>, files: Readonly<Record<string, string>> = {}): Promise<User> {
  const user = new User(files);
  for (const [key, value] of Object.entries(settings)) expect(await user.json(["config", "set", key, value])).toMatchObject({ code: 0 });
  return user;
}

const redacted = async (user: User, text: string) =>
  ((await user.json(["redact", "-", "--session", "s"], text)).value as { text: string }).text;

test("actions by type and allowed values decide what becomes of each value", async () => {
  const user = await withSettings({
    "privacy.actions.EMAIL": "mask",
    "privacy.actions.IP_ADDRESS": "allow",
    "privacy.allow": '["desk@station.example"]',
  });
  const text = await redacted(user, "Desk@station.example, ada@station.example, bo@station.example, 192.168.7.9");
  expect(text).toBe("Desk@station.example, [EMAIL_01], [EMAIL_01], 192.168.7.9");
  expect((await user.run(["reinflate", "-", "--session", "s"], { input: text })).stdout).toBe(
    "Desk@station.example, *****, *****, 192.168.7.9",
  );
});

test("a blocked type refuses the text, names the type, and never the value", async () => {
  const user = await withSettings({ "privacy.actions.EMAIL": "block" });
  for (const args of [
    ["redact", "-"],
    ["redact", "-", "--preview"],
    ["ask", "-"],
  ]) {
    const { code, value, stderr } = await user.json(args, "Does ada@station.example work here?");
    expect(code).toBe(5);
    expect(value).toMatchObject({ error: { code: "TEXT_BLOCKED", message: expect.stringContaining("EMAIL") } });
    expect(JSON.stringify(value) + stderr).not.toContain("ada@");
  }
});

test("a passage with a blocked value is no part of an answer, and the others are", async () => {
  const user = await withSettings(
    { "privacy.actions.EMAIL": "block" },
    { "a.md": "The lamp is green, says ada@station.example.", "b.md": "The horn is loud." },
  );
  const { code, value } = await user.json(["ask", "Is the horn loud?", "--path", "."]);
  expect(code).not.toBe(5);
  expect(JSON.stringify(value)).not.toContain("ada@");
  expect((await user.json(["ask", "What colour is the lamp?"])).value).not.toMatchObject({ outcome: "answered" });
});

const refused = (key: string, value: string, code: string, message: RegExp) =>
  test(`${key} = ${value} is refused, and nothing is written`, async () => {
    const user = new User();
    const answer = await user.json(["config", "set", key, value]);
    expect(answer).toMatchObject({ code: 2, value: { error: { code } } });
    expect(JSON.stringify(answer.value)).toMatch(message);
    expect(existsSync(join(user.home, "config.json"))).toBe(false);
  });

refused("privacy.actions.EMIAL", "mask", "CONFIG_INVALID", /EMIAL.*Did you mean EMAIL/);
refused("privacy.actions.email", "mask", "CONFIG_INVALID", /Did you mean EMAIL/);
refused("privacy.actions.EMAIL", "hide", "CONFIG_INVALID", /one of tokenise, mask, block, allow/);
refused("privacy.allow", '"one"', "CONFIG_INVALID", /array/);
refused("privacy.neverCloud", '["../other"]', "CONFIG_INVALID", /neverCloud\.0: it must be an absolute path or a name/);
refused("privacy.expireAfterDays", "-1", "CONFIG_INVALID", /at least 0/);
refused("privacy.packs", '["missing.json"]', "PATTERNS_INVALID", /missing\.json: it cannot be read/);
refused(
  "privacy.patterns",
  JSON.stringify([{ type: "CODE", name: "code word", pattern: "(a+)+$", matches: ["aaa"], misses: [] }]),
  "PATTERNS_INVALID",
  /privacy\.patterns: the pattern \\"code word\\": it takes too long/,
);

test("own patterns in the settings find what they say, and their type can be given an action", async () => {
  const pattern = {
    type: "CODE_WORD",
    name: "code word",
    anchor: ["zeta-"],
    pattern: "zeta-[0-9]{3}",
    matches: ["zeta-123"],
    misses: ["zeta-1"],
  };
  const user = await withSettings({ "privacy.patterns": JSON.stringify([pattern]) });
  expect(await redacted(user, "say zeta-909")).toBe("say [CODE_WORD_01]");
  await user.run(["config", "set", "privacy.actions.CODE_WORD", "allow"]);
  expect(await redacted(user, "say zeta-909")).toBe("say zeta-909");
});

test("a stranger's pack works from the data folder and from a path in the settings", async () => {
  const text = "Reader HL-204871-K took a book from shelf QA.204.";
  const dropped = new User();
  mkdirSync(join(dropped.home, "patterns"), { recursive: true });
  copyFileSync(PACK, join(dropped.home, "patterns", "harbour-library.json"));
  expect(await redacted(dropped, text)).toBe("Reader [READER_CARD_01] took a book from shelf [SHELF_MARK_01].");
  const named = await withSettings({ "privacy.packs": JSON.stringify([PACK]), "privacy.actions.SHELF_MARK": "allow" });
  expect(await redacted(named, text)).toBe("Reader [READER_CARD_01] took a book from shelf QA.204.");
  expect((JSON.parse(readFileSync(join(named.home, "verified-patterns.json"), "utf8")) as unknown[]).length).toBe(2);
});

test("a broken pack stops everything that redacts, and says which file and what is wrong", async () => {
  const user = new User({ "a.md": "The lamp is green." });
  mkdirSync(join(user.home, "patterns"), { recursive: true });
  const pack = JSON.parse(readFileSync(PACK, "utf8")) as { patterns: { matches: string[] }[] };
  pack.patterns[1]?.matches.push("shelf none");
  writeFileSync(join(user.home, "patterns", "mine.json"), JSON.stringify(pack));
  for (const args of [
    ["redact", "-"],
    ["ask", "-", "--path", "."],
  ]) {
    const { code, value } = await user.json(args, "Is HL-204871-K a card?");
    expect(code).toBe(2);
    expect(value).toMatchObject({
      error: { code: "PATTERNS_INVALID", message: expect.stringMatching(/mine\.json: the pattern "shelf mark.*example 2/) },
    });
  }
});

test("doctor names a broken pack, and a broken record of what has left", async () => {
  const user = new User();
  mkdirSync(join(user.home, "patterns"), { recursive: true });
  writeFileSync(join(user.home, "patterns", "mine.json"), "{");
  const log = new EgressLog(user.home);
  log.append("cloud.example", "x");
  writeFileSync(log.file, "");
  const { code, value } = await user.json(["doctor"]);
  expect(code).toBe(2);
  expect((value as { checks: { ok: boolean }[] }).checks.filter(({ ok }) => !ok)).toMatchObject([
    { name: "patterns", detail: expect.stringContaining("mine.json: it is not JSON") },
    { name: "egress log", detail: "broken from line 1 on" },
  ]);
});

test("a pattern that a text makes run away is stopped and named", async () => {
  const pattern = { type: "SLY", name: "sly", anchor: ["ZZ"], pattern: "ZZ(?:(?:q|q)*Q|1)", matches: ["ZZ1"], misses: [] };
  const user = await withSettings({ "privacy.patterns": JSON.stringify([pattern]) });
  const { code, value } = await user.json(["redact", "-"], `ZZ${"q".repeat(60)}`);
  expect(code).toBe(2);
  expect(value).toMatchObject({ error: { code: "PATTERN_TOO_SLOW", message: expect.stringContaining("(sly)") } });
});

test("redact --preview shows the text that would leave and keeps nothing", async () => {
  const user = new User();
  const { code, stdout, stderr } = await user.run(["redact", "-", "--preview"], {
    input: "ada@station.example, bo@station.example, 192.168.7.9\n",
  });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "[EMAIL_01], [EMAIL_02], [IP_ADDRESS_01]\n" });
  expect(stderr).toMatch(/EMAIL +2\n +IP_ADDRESS +1\n40 bytes would leave; nothing was kept\./);
  expect(existsSync(join(user.home, "tokens.db"))).toBe(false);
  expect((await user.json(["redact", "-", "--preview"], "ada@station.example")).value).toMatchObject({ text: "[EMAIL_01]" });
  expect(await user.json(["redact", "-", "--preview", "--session", "s"], "x")).toMatchObject({
    code: 2,
    value: { error: { code: "USAGE" } },
  });
});

interface Preview {
  readonly body: string;
  readonly encoding: "utf8" | "base64";
  readonly bytes: number;
  readonly passages: number;
  readonly withheld: readonly string[];
}

/** The request that a preview shows: what the cloud's gateway would get. */
function requestIn(preview: Uint8Array) {
  const [head, request] = [...new FrameDecoder().push(preview)];
  if (!head || !request) throw new Error("no request");
  expect(decodeMessage("requestHead", head).idempotencyKey).toBe(decodeMessage("escalationRequest", request).requestId);
  return decodeMessage("escalationRequest", request);
}

const bytesOf = ({ body, encoding }: Preview) => Buffer.from(body, encoding);

test("ask --cloud --preview shows the very bytes, redacted, and neither sends nor keeps anything", async () => {
  const user = new User({ "a.md": "# Lamp\n\nThe lamp is green, says ada@station.example." });
  await user.run(["knowledge", "add", "."]);
  const question = "Does ada@station.example say what colour the lamp has?";
  const { code, value } = await user.json(["ask", question, "--cloud", "--preview"]);
  expect(code).toBe(0);
  const preview = value as Preview;
  const bytes = bytesOf(preview);
  expect(requestIn(bytes)).toMatchObject({
    userId: "",
    sessionId: "",
    query: "Does [EMAIL_01] say what colour the lamp has?",
    context: { localKnowledge: [expect.stringContaining("says [EMAIL_01]")] },
  });
  expect(preview).toMatchObject({ bytes: bytes.length, to: null, passages: 1, withheld: [] });
  expect(bytes.includes(user.folder)).toBe(false);
  const { stderr } = await user.run(["ask", question, "--cloud", "--preview"]);
  expect(stderr).toContain(`${bytes.length} bytes with 1 passages would leave for a provider; nothing was sent.`);
  for (const file of ["tokens.db", "runs.db", "egress.log"]) expect(existsSync(join(user.home, file))).toBe(false);
});

test("a preview means nothing without the cloud", async () => {
  const user = new User();
  expect(await user.json(["ask", "Who?", "--preview"])).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
});

test("documents that never go to the cloud are no part of what would be sent", async () => {
  const names = ["open.md", "private/one.md", "private/deep/two.md", "Keys/lamp.KEY.md", "elsewhere.md", "moved.md"];
  const user = new User(Object.fromEntries(names.map((name) => [name, `The lamp of ${name.replace(/\W/g, " ")} is green.`])));
  symlinkSync(user.path("private"), user.path("link"));
  await user.run(["config", "set", "privacy.neverCloud", JSON.stringify([user.path("PRIVATE"), "*.key.md", "elsewhere.md"])]);
  for (const path of [".", "link", "private/../link/deep"]) await user.run(["knowledge", "add", path]);
  renameSync(user.path("moved.md"), user.path("private/moved.md"));
  const { value } = await user.json(["ask", "What colour is the lamp?", "--cloud", "--preview"]);
  const { passages, withheld } = value as Preview;
  expect(requestIn(bytesOf(value as Preview)).context?.localKnowledge).toEqual([
    expect.stringMatching(/^(?:.*\n\n)?The lamp of open md is green\.$/),
  ]);
  expect(passages).toBe(1);
  const hidden = [
    "Keys/lamp.KEY.md",
    "elsewhere.md",
    "link/deep/two.md",
    "link/one.md",
    "moved.md",
    "private/deep/two.md",
    "private/one.md",
  ];
  expect([...withheld].sort()).toEqual(hidden.map((name) => user.path(name)).sort());
  expect((await user.json(["ask", "What colour is the lamp of private one md?"])).value).toMatchObject({ outcome: "answered" });
});

test("logs egress lists, shows and checks what has left", async () => {
  const user = new User();
  expect((await user.json(["logs", "egress"])).value).toEqual([]);
  expect((await user.json(["logs", "egress", "--verify"])).value).toMatchObject({ ok: true, entries: 0 });
  const log = new EgressLog(user.home);
  for (const body of ['{"text":"[EMAIL_01]"}', "é"]) log.append("cloud.example", body);
  log.append("cloud.example", new Uint8Array([0xff, 0x00]));
  expect((await user.json(["logs", "egress", "--limit", "2"])).value).toMatchObject([
    { sequence: 3, to: "cloud.example", bytes: 2 },
    { sequence: 2, bytes: 2 },
  ]);
  expect((await user.run(["logs", "egress", "show", "1"])).stdout).toBe('{"text":"[EMAIL_01]"}');
  expect((await user.json(["logs", "egress", "show", "3"])).value).toMatchObject({ body: "/wA=", encoding: "base64" });
  expect(await user.json(["logs", "egress", "show", "4"])).toMatchObject({ code: 2, value: { error: { code: "EGRESS_NOT_FOUND" } } });
  const text = readFileSync(log.file, "utf8");
  writeFileSync(log.file, text.replace('"é"', '"e"'));
  expect(await user.json(["logs", "egress", "--verify"])).toMatchObject({ code: 1, value: { ok: false, line: 2, entries: 1 } });
  expect(await user.json(["logs", "egress"])).toMatchObject({
    code: 0,
    value: [{ sequence: 1 }],
    stderr: expect.stringContaining("broken from line 2"),
  });
  writeFileSync(log.file, text.split("\n").slice(0, 2).join("\n"));
  expect(await user.json(["logs", "egress", "--verify"])).toMatchObject({ code: 1, value: { ok: false, line: 3 } });
});

test("sessions that were not used for the days in the settings are forgotten", async () => {
  const user = new User();
  await user.run(["redact", "-", "--session", "old"], { input: "ada@station.example" });
  await user.run(["config", "set", "privacy.expireAfterDays", "0.0000001"]);
  await user.run(["redact", "-", "--session", "new"], { input: "bo@station.example" });
  expect((await user.run(["reinflate", "-", "--session", "old"], { input: "[EMAIL_01]" })).stdout).toBe("[EMAIL_01]");
});
