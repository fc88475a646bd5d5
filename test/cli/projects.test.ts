/** Projects, seen from outside the process: a host, a guest and a receiver with homes of their own, and the cloud on this machine. */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type Fetch, signIn } from "../../cloud/local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { sealBundle } from "../../plugins/handover/index.ts";
import { finished, jsonLines, User } from "./synesis.ts";

let cloud: LocalCloud;
const fetchThere: Fetch = (path, init) => fetch(new URL(path, cloud.url), init);
beforeAll(async () => {
  cloud = await startLocalCloud({ vars: { APPROVAL_SECONDS: "20" } });
});
afterAll(() => cloud.close());

interface Person extends User {
  readonly email: string;
  readonly key: string;
}

async function person(files = {}): Promise<Person> {
  const user = new User(files);
  mkdirSync(user.home, { recursive: true });
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { api: cloud.url } }));
  const email = `${randomUUID()}@example.com`;
  const key = await signIn(fetchThere, cloud.mail, email);
  expect((await user.run(["cloud", "login", "-"], { input: key })).code).toBe(0);
  return Object.assign(user, { email, key });
}

const value = async <T>(user: User, ...args: string[]): Promise<T> => {
  const { code, value: told, stderr } = await user.json(args);
  expect({ code, stderr, told: code === 0 ? undefined : told }).toMatchObject({ code: 0 });
  return told as T;
};
const refusal = async (user: User, ...args: string[]) => {
  const { code, value: told } = await user.json(args);
  return { exit: code, ...(told as { error?: { code: string; message: string; next: string } }).error };
};
const ask = async ({ key }: Person, projectId: string, model = "llama-3.3-70b") => {
  const response = await fetchThere("/v1/escalations", {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({
      requestId: randomUUID(),
      question: "Who built the Heliograph?",
      passages: [{ heading: "", text: "The Heliograph was built by [PERSON_01] in 1921." }],
      model,
      projectId,
    }),
  });
  return (await response.json()) as { outcome?: string; content?: string; error?: { code: string } };
};

/** Watches in a process of its own. */
async function watch(user: User, project: string, ...more: string[]) {
  const child = user.start(["collaborators", "watch", "--project", project, ...more]);
  const end = finished(child);
  let shown = "";
  let told = "";
  child.stdout.on("data", (text) => {
    shown += text;
  });
  child.stderr.on("data", (text) => {
    told += text;
  });
  await vi.waitFor(() => expect(told + shown).toMatch(/Watching|"watching"/), { timeout: 20_000 });
  const sees = (pattern: RegExp | string) => vi.waitFor(() => expect(shown).toMatch(pattern), { timeout: 20_000 });
  return { child, end, sees, shown: () => shown };
}

test("the story of a project: invite, watch, ask within the quota, comment, approve, remove", async () => {
  const [host, guest] = await Promise.all([person(), person()]);
  const { id } = await value<{ id: string }>(host, "project", "create", "Heliograph", "--budget", "20");
  const invite = await value<{ url: string; token: string; quotaCents: number }>(
    host,
    "invite",
    "create",
    ...["--project", "Heliograph", "--role", "commenter", "--quota", "5.00"],
  );
  expect(invite).toMatchObject({ quotaCents: 500, url: `${cloud.url}/join/${invite.token}` });
  expect(await value(guest, "invite", "accept", invite.url)).toMatchObject({ projectId: id, name: "Heliograph", quotaCents: 500 });
  expect(await value(guest, "project", "list")).toMatchObject([{ id, role: "commenter" }]);

  const [hosting, watching] = [await watch(host, id), await watch(guest, "Heliograph")];
  expect(await ask(guest, id)).toMatchObject({ outcome: "answered" });
  await watching.sees(/\? Who built the Heliograph\?[\s\S]*pathos {2}round 1, thinking[\s\S]*= answered/);
  await watching.sees(/\[PERSON_01\]/);
  await value(guest, "collaborators", "comment", "Ask ada@example.org as well.", "--project", id);
  await hosting.sees(/> Ask \[EMAIL_\d+\] as well\./);

  await value(host, "project", "set", id, "--approval");
  const waiting = ask(host, id);
  await watching.sees(/collaborators approve (\S+) --project/);
  const [, of = ""] = /collaborators approve (\S+) --project/.exec(watching.shown()) ?? [];
  await value(guest, "collaborators", "approve", of, "--project", id);
  expect(await waiting).toMatchObject({ outcome: "answered" });

  const people = await value<{ email: string; usedCents: number }[]>(host, "collaborators", "list", "--project", id);
  expect(people.find(({ email }) => email === guest.email)?.usedCents).toBeGreaterThan(0);
  await value(host, "collaborators", "set", guest.email, "--project", id, "--quota", "0");
  expect((await ask(guest, id)).error?.code).toBe("guest_quota_exceeded");

  await value(host, "collaborators", "remove", guest.email, "--project", id);
  const { code, stderr } = await watching.end;
  expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("no part in such a project") });
  expect((await ask(guest, id)).error?.code).toBe("not_found");
  expect(await refusal(guest, "invite", "accept", invite.url)).toMatchObject({ exit: 2, code: "CLOUD_REFUSED" });
  hosting.child.kill("SIGINT");
  expect((await hosting.end).code).toBe(0);
});

test("tables say who and what; a quota is dollars, and an invite may be for many", async () => {
  const host = await person();
  const { id } = await value<{ id: string }>(host, "project", "create", "Tables");
  const { id: open } = await value<{ id: string }>(host, "invite", "create", "--project", id, "--quota", "2.50", "--many");
  const { stdout } = await host.run(["invite", "list", "--project", id]);
  expect(stdout).toMatch(new RegExp(`^ID +ROLE +QUOTA +FOR +USED +STATE +UNTIL\n${open} +viewer +\\$2.50 +many +0 +open +20`));
  expect((await host.run(["collaborators", "list", "--project", id])).stdout).toMatch(/^WHO +ROLE +USED +QUOTA +ID\n\S+ +owner +\$0.00 +-/);
  await value(host, "invite", "revoke", open);
  expect((await host.run(["invite", "list", "--project", id])).stdout).toContain("revoked");
});

test("what is wrong is told with what to do, and an exit code", async () => {
  const [host, guest] = await Promise.all([person(), person()]);
  const { id } = await value<{ id: string }>(host, "project", "create", "Errors");
  expect(await refusal(guest, "invite", "create", "--project", id)).toMatchObject({ exit: 2, code: "PROJECT_NOT_FOUND" });
  expect(await refusal(host, "invite", "create", "--project", id, "--quota", "1.005")).toMatchObject({ exit: 2, code: "USAGE" });
  expect(await refusal(host, "invite", "create", "--project", id, "--role", "owner")).toMatchObject({ exit: 2 });
  expect(await refusal(guest, "invite", "accept", "nonsense")).toMatchObject({ exit: 2, code: "INVITE_INVALID" });
  const elsewhere = `https://elsewhere.example/join/${"a".repeat(16)}.${"b".repeat(43)}`;
  expect(await refusal(guest, "invite", "accept", elsewhere)).toMatchObject({ exit: 2, code: "INVITE_INVALID" });
  expect(await refusal(host, "collaborators", "remove", "nobody@example.com", "--project", id)).toMatchObject({
    exit: 2,
    code: "COLLABORATOR_NOT_FOUND",
  });
  expect(await refusal(host, "handover", "start", "--project", id)).toMatchObject({ exit: 2, code: "USAGE" });
  expect(await refusal(host, "handover", "start", "--project", id, "--to", host.email)).toMatchObject({ exit: 2, code: "CLOUD_REFUSED" });
  expect(await refusal(host, "handover", "status", "nonsense")).toMatchObject({ exit: 2, code: "USAGE" });
  await value(host, "project", "create", "Errors");
  expect(await refusal(host, "invite", "list", "--project", "Errors")).toMatchObject({
    exit: 2,
    code: "PROJECT_AMBIGUOUS",
    message: expect.stringMatching(new RegExp(`${id}, as owner`)),
  });
  for (const args of [
    ["project", "set", id, "--instructions", "a".repeat(4001)],
    ["project", "set", id, "--name", "a".repeat(101)],
    ["collaborators", "comment", "a".repeat(4001), "--project", id],
  ])
    expect(await refusal(host, ...args)).toMatchObject({ exit: 2, code: "TEXT_TOO_LONG", message: expect.stringMatching(/\d01/) });
});

const PASSPHRASE = { SYNESIS_PASSPHRASE: "correct horse battery" };
const NOTES = { "notes.md": "# Heliograph\n\nThe Heliograph was built in 1921 by ada@example.org.\n" };
const runWith = async (user: User, args: string[], env: Record<string, string> = PASSPHRASE) => {
  const { code, stdout, stderr } = await user.run([...args, "--json"], { env });
  return { code, stderr, value: JSON.parse(stdout) as Record<string, never> };
};

/** A home with a decided question, knowledge, and settings with something private. */
async function worked(): Promise<User> {
  const host = new User(NOTES);
  await host.run(["knowledge", "add", "."]);
  expect((await host.run(["ask", "When was the Heliograph built?"])).code).toBe(0);
  await host.run(["config", "set", "council.threshold", "0.8"]);
  await host.run(["config", "set", "generator.baseUrl", "http://127.0.0.1:9/hunter2/v1"]);
  await host.run(["config", "set", "privacy.allow", '["Secret Client Ltd"]']);
  return host;
}

describe("a bundle, with no cloud at all", () => {
  let host: User;
  let file: string;
  let fingerprint: string;
  beforeAll(async () => {
    host = await worked();
    file = host.path("project.bundle");
    const { code, value: told } = await runWith(host, [
      "handover",
      "start",
      "--project",
      "Heliograph",
      "--file",
      file,
      "--include-knowledge",
    ]);
    expect(code).toBe(0);
    const { bundle } = told as unknown as { bundle: { fingerprint: string; contents: string[] } };
    expect(bundle.contents).toEqual(["runs.jsonl", "knowledge.db"]);
    fingerprint = bundle.fingerprint;
  });
  const leftovers = (user: User) =>
    existsSync(user.home) ? readdirSync(user.home, { recursive: true }).filter((name) => !/^(?:projects|keys)$/.test(`${name}`)) : [];

  test("becomes a data folder of the receiver's, with the decided questions and the knowledge, and nothing private of the giver", async () => {
    const receiver = new User();
    const { value: told } = await runWith(receiver, ["handover", "accept", file, "--from", fingerprint]);
    const { bundle } = told as unknown as { bundle: { folder: string; runs: number; project: string } };
    expect(bundle).toMatchObject({ project: "Heliograph", runs: 1 });
    const config = readFileSync(join(bundle.folder, "config.json"), "utf8");
    expect(JSON.parse(config)).toMatchObject({ council: { threshold: 0.8 } });
    expect(config).not.toMatch(/hunter2|Secret Client/);
    expect(readdirSync(bundle.folder).toSorted()).toEqual(["config.json", "knowledge.db", "project.json", "runs.db"]);
    const there = { SYNESIS_HOME: bundle.folder };
    expect((await runWith(receiver, ["logs", "list"], there)).value).toMatchObject([{ outcome: "answered" }]);
    expect((await runWith(receiver, ["knowledge", "search", "Heliograph"], there)).value).toMatchObject([{ title: "Heliograph" }]);
    const again = await runWith(receiver, ["handover", "accept", file]);
    expect(again).toMatchObject({ code: 2, value: { error: { code: "OUTPUT_EXISTS" } } });
  });

  test("takes adapters along where that is wanted, and nothing else that lies beside them", async () => {
    const [giver, receiver] = [new User(), new User()];
    const files = ["style.gguf", "peft/adapter_model.safetensors", "peft/adapter_config.json", "registry.json", "notes.txt"];
    for (const name of files) {
      mkdirSync(join(giver.home, "loras", dirname(name)), { recursive: true });
      writeFileSync(join(giver.home, "loras", name), name);
    }
    const out = giver.path("adapters.bundle");
    await runWith(giver, ["handover", "start", "--project", "x", "--file", out, "--include-loras"]);
    const { value: told } = await runWith(receiver, ["handover", "accept", out, "--to", receiver.path("taken")]);
    expect(told).toMatchObject({ bundle: { folder: receiver.path("taken") } });
    const taken = readdirSync(receiver.path("taken/loras"), { recursive: true }).map(String);
    expect(taken.toSorted()).toEqual(["peft", "peft/adapter_config.json", "peft/adapter_model.safetensors", "style.gguf"]);
    expect(readFileSync(receiver.path("taken/loras/style.gguf"), "utf8")).toBe("style.gguf");
  });

  for (const [what, change, code] of [
    [
      "was changed",
      (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 900), Buffer.from([(bytes[900] ?? 0) ^ 1]), bytes.subarray(901)]),
      "BUNDLE_INVALID",
    ],
    ["was cut off", (bytes: Buffer) => bytes.subarray(0, bytes.length - 1000), "BUNDLE_INVALID"],
    ["is newer", (bytes: Buffer) => Buffer.from(bytes.map((byte, at) => (at === 18 ? 9 : byte))), "BUNDLE_NEWER"],
    ["is something else", () => Buffer.from("hello"), "BUNDLE_INVALID"],
  ] as const)
    test(`that ${what} leaves nothing behind`, async () => {
      const receiver = new User();
      const bad = receiver.write("bad.bundle", change(readFileSync(file)));
      expect(await runWith(receiver, ["handover", "accept", bad])).toMatchObject({ code: 2, value: { error: { code } } });
      expect(leftovers(receiver)).toEqual([]);
    });

  test.each([
    { escalation: { provider: "openai-compatible", baseUrl: "https://elsewhere.example/v1", apiKeyVariable: "HOME" }, routing: "cloud" },
    { generator: { kind: "openai-compatible", baseUrl: "https://elsewhere.example/v1" } },
    { privacy: { actions: { EMAIL: "allow" } } },
  ])("whose maker decides what may leave the receiver's machine is refused: %o", async (settings) => {
    const receiver = new User();
    const forged = receiver.path("forged.bundle");
    const entries = Object.entries({ "project.json": { name: "x" }, "config.json": settings });
    const sources = (async function* () {
      for (const [path, value] of entries) {
        const bytes = Buffer.from(JSON.stringify(value));
        yield { path, size: bytes.length, bytes: [bytes] };
      }
    })();
    const { privateKey: signer } = generateKeyPairSync("ed25519");
    const passphrase = PASSPHRASE.SYNESIS_PASSPHRASE;
    await sealBundle(forged, sources, { passphrase, signer, signal: new AbortController().signal });
    const taken = await runWith(receiver, ["handover", "accept", forged]);
    expect(taken).toMatchObject({ code: 2, value: { error: { code: "BUNDLE_INVALID", message: expect.stringMatching(/settings/) } } });
    expect(leftovers(receiver)).toEqual([]);
  });

  test("with another passphrase, none, or another signer than the one named, leaves nothing behind", async () => {
    const receiver = new User();
    for (const [args, env, code] of [
      [[], { SYNESIS_PASSPHRASE: "another passphrase" }, "BUNDLE_PASSPHRASE_WRONG"],
      [[], {}, "BUNDLE_PASSPHRASE_MISSING"],
      [["--from", "0000-0000-0000-0000-0000"], PASSPHRASE, "BUNDLE_SIGNER_WRONG"],
    ] as const)
      expect(await runWith(receiver, ["handover", "accept", file, ...args], env)).toMatchObject({ code: 2, value: { error: { code } } });
    expect(leftovers(receiver)).toEqual([]);
  });

  test("whose taking is killed at any time leaves the whole of it, or nothing that counts; the next attempt clears up", async () => {
    const receiver = new User();
    for (const ms of [150, 400, 600, 800, 1000]) {
      const child = receiver.start(["handover", "accept", file], PASSPHRASE);
      const end = finished(child);
      setTimeout(() => child.kill("SIGKILL"), ms);
      await end;
    }
    const { code, value: told } = await runWith(receiver, ["handover", "accept", file]);
    expect([0, 2]).toContain(code);
    if (code === 2) expect(told).toMatchObject({ error: { code: "OUTPUT_EXISTS" } });
    const folders = readdirSync(join(receiver.home, "projects"));
    expect(folders).toHaveLength(1);
    const there = { SYNESIS_HOME: join(receiver.home, "projects", folders[0] ?? "") };
    expect((await runWith(receiver, ["logs", "list"], there)).value).toHaveLength(1);
  });

  test("taken by two processes at once is there once", async () => {
    const receiver = new User();
    const codes = (await Promise.all([1, 2].map(() => runWith(receiver, ["handover", "accept", file])))).map(({ code }) => code);
    expect(codes.toSorted()).toEqual([0, 2]);
    expect(readdirSync(join(receiver.home, "projects"))).toHaveLength(1);
  });

  test("has values of the token vault only where both sides have chosen it, and for the one receiver", async () => {
    const [receiver, other] = [new User(), new User()];
    const keyOf = async (user: User) => (await value<{ key: string }>(user, "handover", "key")).key;
    const start = (to: string, ...more: string[]) =>
      runWith(host, ["handover", "start", "--project", "Heliograph", "--file", host.path(to), ...more]);
    const accept = (user: User, from: string, ...more: string[]) => runWith(user, ["handover", "accept", host.path(from), ...more]);
    expect(await start("v.bundle", "--with-values", `${await keyOf(receiver)}x`)).toMatchObject({
      code: 2,
      value: { error: { code: "RECEIVER_INVALID" } },
    });
    expect(existsSync(host.path("v.bundle"))).toBe(false);
    expect(await start("v.bundle", "--with-values", await keyOf(receiver))).toMatchObject({
      code: 0,
      value: { bundle: { contents: expect.arrayContaining(["values.sealed"]) } },
    });
    const refusals = [
      [receiver, "v.bundle", [], "BUNDLE_VALUES_UNWANTED"],
      [other, "v.bundle", ["--with-values"], "BUNDLE_VALUES_UNREADABLE"],
      [receiver, "project.bundle", ["--with-values"], "BUNDLE_VALUES_MISSING"],
    ] as const;
    for (const [user, from, more, code] of refusals) {
      expect(await accept(user, from, ...more)).toMatchObject({ code: 2, value: { error: { code } } });
      expect(readdirSync(user.home).filter((name) => !/^(?:keys|projects)$/.test(name))).toEqual([]);
    }
    const { code, value: taken } = await accept(receiver, "v.bundle", "--with-values");
    const { bundle } = taken as unknown as { bundle: { folder: string; values: number } };
    expect({ code, values: bundle.values > 0 }).toEqual({ code: 0, values: true });
    const env = { SYNESIS_HOME: bundle.folder };
    const { stdout } = await receiver.run(["vault", "sessions", "--json"], { env });
    const [{ session } = { session: "" }] = JSON.parse(stdout) as { session: string }[];
    const restored = await receiver.run(["reinflate", "-", "--session", session], { env, input: "write to [EMAIL_01]" });
    expect(restored.stdout.trim()).toBe("write to ada@example.org");
    expect(readdirSync(bundle.folder)).not.toContain("values.sealed");
  });

  test("is never written over another file, and not without a passphrase", async () => {
    expect(await runWith(host, ["handover", "start", "--project", "x", "--file", file])).toMatchObject({
      code: 2,
      value: { error: { code: "OUTPUT_EXISTS" } },
    });
    const short = await runWith(host, ["handover", "start", "--project", "x", "--file", host.path("new")], { SYNESIS_PASSPHRASE: "short" });
    expect(short).toMatchObject({ code: 2, value: { error: { code: "BUNDLE_PASSPHRASE_MISSING" } } });
    expect(existsSync(host.path("new"))).toBe(false);
  });
});

test("a handover in the cloud with its bundle: the receiver owns the project, and the old owner has no access", async () => {
  const [host, receiver] = await Promise.all([person(NOTES), person()]);
  const { id } = await value<{ id: string }>(host, "project", "create", "Moving");
  const file = host.path("moving.bundle");
  const { value: told } = await runWith(host, ["handover", "start", "--project", id, "--to", receiver.email, "--file", file]);
  const { handover } = told as unknown as { handover: { token: string; id: string } };
  expect(await value(host, "handover", "status", handover.token)).toMatchObject({ state: "email_sent" });
  expect(cloud.mail.sent.findLast(({ to }) => to === receiver.email)?.text).toContain(handover.token);

  expect(await refusal(host, "handover", "accept", handover.token)).toMatchObject({
    exit: 2,
    code: "CLOUD_REFUSED",
    next: expect.stringMatching(/sign in with the address that it was sent to/),
  });

  // A bundle that cannot be taken leaves the project where it is; the same command goes on later.
  const broken = receiver.write("broken.bundle", readFileSync(file).subarray(0, 400));
  const accept = (bundle: string) => runWith(receiver, ["handover", "accept", handover.token, "--file", bundle]);
  expect(await accept(broken)).toMatchObject({ code: 2, value: { error: { code: "BUNDLE_INVALID" } } });
  expect(await value(host, "project", "list")).toMatchObject([{ id, role: "owner" }]);
  expect(await accept(file)).toMatchObject({ code: 0, value: { handover: { state: "completed" }, bundle: { project: "Moving" } } });

  expect(await value(receiver, "project", "list")).toMatchObject([{ id, role: "owner" }]);
  expect(await value(host, "project", "list")).toEqual([]);
  expect((await ask(host, id)).error?.code).toBe("not_found");
  expect(await refusal(host, "handover", "cancel", handover.token)).toMatchObject({ exit: 2, code: "CLOUD_REFUSED" });
  expect(await refusal(receiver, "handover", "accept", handover.token)).toMatchObject({ exit: 2, code: "CLOUD_REFUSED" });
});

test("a watcher whose stream ends comes back by itself, with the comments of the time between", async () => {
  const [host, guest] = await Promise.all([person(), person()]);
  const { id } = await value<{ id: string }>(host, "project", "create", "Back");
  const { url } = await value<{ url: string }>(host, "invite", "create", "--project", id);
  await value(guest, "invite", "accept", url);
  const watching = await watch(guest, id);
  await value(host, "collaborators", "set", guest.email, "--project", id, "--role", "editor"); // ends what was begun as viewer
  await value(host, "collaborators", "comment", "one", "--project", id);
  await watching.sees("> one");
  watching.child.kill("SIGINT");
  const { code, stdout, stderr } = await watching.end;
  expect(code).toBe(0);
  expect(stdout.match(/> one/g)).toHaveLength(1);
  expect(stderr).toMatch(/as viewer[\s\S]*as editor/);
});

test("with --json each event is a line, printed as it comes", async () => {
  const host = await person();
  const { id } = await value<{ id: string }>(host, "project", "create", "Lines");
  const watching = await watch(host, id, "--json");
  await watching.sees(/"watching"/);
  await value(host, "collaborators", "comment", "one", "--project", id);
  await watching.sees(/"one"/); // while it goes on
  watching.child.kill("SIGINT");
  const { code, stdout } = await watching.end;
  expect(code).toBe(0);
  expect(jsonLines(stdout)).toEqual([
    { event: "watching", data: { role: "owner" } },
    { event: "comment", data: expect.objectContaining({ text: "one" }) },
  ]);
});
