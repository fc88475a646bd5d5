/** The forms that scripts rely on, seen from outside the process. */
import { spawn } from "node:child_process";
import { appendFileSync, chmodSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { finished, jsonLines, SYNESIS, User } from "./synesis.ts";

const number = expect.any(Number);

test("knowledge add reports what it did, and does nothing twice", async () => {
  const user = new User(HANDBOOK);
  const first = await user.json(["knowledge", "add", "."]);
  expect(first).toMatchObject({
    code: 0,
    value: { added: 3, updated: 0, unchanged: 0, removed: 0, skipped: [], chunks: number, ms: number },
  });
  user.write("page.html", "<p>New.</p>");
  const second = await user.json(["knowledge", "add", "."]);
  expect(second.value).toMatchObject({ added: 0, updated: 1, unchanged: 2 });
});

test("knowledge search gives passages with their place, list the documents, stats the sums", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  const { value } = await user.json(["knowledge", "search", "distilled water", "-k", "2"]);
  const results = value as { path: string; title: string; start: number; end: number; text: string; score: number }[];
  expect(results.length).toBeGreaterThan(0);
  expect(results.length).toBeLessThanOrEqual(2);
  expect(results[0]).toMatchObject({
    path: user.path("page.html"),
    title: "Mirror care",
    start: number,
    end: number,
    score: number,
    text: expect.stringContaining("distilled water"),
  });
  expect(await user.json(["knowledge", "list"])).toMatchObject({
    code: 0,
    value: expect.arrayContaining([expect.objectContaining({ path: user.path("handbook.md") })]),
  });
  expect(await user.json(["knowledge", "stats"])).toMatchObject({ value: { documents: 3, chunks: number, bytes: number } });
});

test("a removed document is found no more", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  expect(await user.json(["knowledge", "remove", "notes"])).toMatchObject({ value: { removed: 1 } });
  expect(JSON.stringify((await user.json(["knowledge", "search", "Ada Quill keeper"])).value)).not.toContain("Quill");
  expect(await user.json(["knowledge", "remove", "notes"])).toMatchObject({ code: 2, value: { error: { code: "PATH_NOT_FOUND" } } });
});

test("redact hides values and never prints them; reinflate brings back the very text", async () => {
  const user = new User();
  const text = "Mail ada@station.example or 4111 1111 1111 1111 from 192.168.7.9.\r\n\tAgain: ada@station.example 😀";
  const { value } = await user.json(["redact", "-", "--session", "s1"], text);
  const result = value as { session: string; text: string; entities: { type: string; token: string; start: number; end: number }[] };
  expect(result.session).toBe("s1");
  expect(result.text).not.toMatch(/ada@|4111|192\.168/);
  expect(result.entities.map(({ start, end }) => text.slice(start, end))).toContain("ada@station.example");
  const tokens = result.entities.filter(({ start, end }) => text.slice(start, end) === "ada@station.example").map(({ token }) => token);
  expect(tokens).toEqual(["[EMAIL_01]", "[EMAIL_01]"]);
  expect((await user.run(["reinflate", "-", "--session", "s1"], { input: result.text })).stdout).toBe(text);
  expect((await user.run(["reinflate", "-", "--session", "s2"], { input: result.text })).stdout).toBe(result.text);
});

test("the token vault's file holds no value and only its user can read it", async () => {
  const user = new User();
  await user.run(["redact", "-", "--session", "s"], { input: "ada@station.example" });
  const files = ["tokens.db", "tokens.db-wal"].map((name) => join(user.home, name)).filter((file) => existsSync(file));
  expect(files.length).toBeGreaterThan(0);
  for (const file of files) {
    expect(readFileSync(file).includes("ada@station")).toBe(false);
    expect(statSync(file).mode & 0o077).toBe(0);
  }
});

test("text that is not UTF-8 is refused rather than changed", async () => {
  const user = new User();
  const { code, stdout } = await user.run(["redact", "-", "--json"], { input: new Uint8Array([0x61, 0xff, 0x62]) });
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "INPUT_NOT_TEXT" } });
});

test("batch ask answers every line with the object of ask", async () => {
  const user = new User(HANDBOOK);
  user.write("q.jsonl", ['{"id":1,"question":"Who built the Heliograph?"}', '{"id":"two","question":""}', '{"id":3}'].join("\n"));
  const { code, stderr } = await user.run(["batch", "ask", "q.jsonl", "--out", "a.jsonl", "--path", "handbook.md"]);
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.stringContaining("3 done, 2 of them with an error") });
  const rows = jsonLines(readFileSync(user.path("a.jsonl"), "utf8"));
  expect(rows.find(({ id }) => id === 1)).toMatchObject({
    outcome: "answered",
    consensus: { votes: expect.any(Array) },
    citations: expect.any(Array),
  });
  expect(rows.find(({ id }) => id === "two")).toMatchObject({ error: { code: "EMPTY_QUESTION", message: expect.any(String) } });
  expect(rows.find(({ id }) => id === 3)).toMatchObject({ error: { code: "BATCH_LINE_INVALID" } });
});

test("batch index, search and redact answer with their commands' objects", async () => {
  const user = new User();
  user.write(
    "docs.jsonl",
    [
      '{"id":"d1","title":"Tides","text":"High tide is at noon."}',
      '{"id":"d2","text":"Low tide is at six.","path":"sea/low.txt"}',
      '{"id":"d3"}',
    ].join("\n"),
  );
  const index = await user.run(["batch", "index", "docs.jsonl"]);
  expect(jsonLines(index.stdout).find(({ id }) => id === "d3")).toMatchObject({ error: { code: "BATCH_LINE_INVALID" } });
  const search = await user.run(["batch", "search", "-"], { input: '{"id":"q","query":"low tide","k":1}\n' });
  expect(jsonLines(search.stdout)).toEqual([{ id: "q", results: [expect.objectContaining({ path: "sea/low.txt" })] }]);
  const redact = await user.run(["batch", "redact", "-", "--session", "b"], { input: '{"id":"r","text":"to ada@station.example"}\n' });
  expect(jsonLines(redact.stdout)).toEqual([
    { id: "r", session: "b", text: "to [EMAIL_01]", entities: [{ type: "EMAIL", token: "[EMAIL_01]", start: 3, end: 22 }] },
  ]);
});

test("a batch that is killed goes on where it was", async () => {
  const user = new User(HANDBOOK);
  user.write(
    "q.jsonl",
    Array.from({ length: 400 }, (_, id) => JSON.stringify({ id, question: `Who built the Heliograph, asked for the time ${id}?` })).join(
      "\n",
    ),
  );
  await user.run(["knowledge", "add", "."]);
  const child = user.start(["batch", "ask", "q.jsonl", "--out", "a.jsonl"]);
  while (!existsSync(user.path("a.jsonl")) || statSync(user.path("a.jsonl")).size < 5_000) await sleep(5);
  child.kill("SIGKILL");
  await finished(child);
  const kept = readFileSync(user.path("a.jsonl"), "utf8").split("\n").length - 1;
  expect(kept).toBeLessThan(400);
  expect((await user.run(["batch", "ask", "q.jsonl", "--out", "a.jsonl"])).code).toBe(2);
  const { code } = await user.run(["batch", "ask", "q.jsonl", "--out", "a.jsonl", "--resume"]);
  expect(code).toBe(0);
  expect(new Set(jsonLines(readFileSync(user.path("a.jsonl"), "utf8")).map(({ id }) => id)).size).toBe(400);
});

test("Ctrl-C ends a batch with 130 and says how to go on", async () => {
  const user = new User(HANDBOOK);
  user.write(
    "q.jsonl",
    Array.from({ length: 2000 }, (_, id) => JSON.stringify({ id, question: `What is the range, number ${id}?` })).join("\n"),
  );
  await user.run(["knowledge", "add", "."]);
  const child = user.start(["batch", "ask", "q.jsonl", "--out", "a.jsonl"]);
  while (!existsSync(user.path("a.jsonl")) || statSync(user.path("a.jsonl")).size === 0) await sleep(5);
  child.kill("SIGINT");
  const { code, stderr } = await finished(child);
  expect({ code, stderr }).toMatchObject({ code: 130, stderr: expect.stringContaining("--resume") });
  for (const line of readFileSync(user.path("a.jsonl"), "utf8").split("\n").filter(Boolean)) JSON.parse(line);
});

test.runIf(process.platform === "linux")("output that cannot be written is said, and is no success", async () => {
  const user = new User();
  for (const args of [["config", "list"], ["config", "list", "--json"], ["--version"]]) {
    const child = spawn("sh", ["-c", 'exec "$0" "$@" > /dev/full', process.execPath, SYNESIS, ...args], {
      env: { ...process.env, SYNESIS_HOME: user.home },
    });
    const { code, stderr } = await finished(child);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/\S/)]);
  }
});

test("a command that is stopped while it starts ends, whenever that is", async () => {
  const user = new User({ "a.md": "The first lamp is green." });
  for (let ms = 40; ms <= 200; ms += 20) {
    const child = user.start(["knowledge", "watch", "."]);
    const ended = finished(child);
    await sleep(ms);
    child.kill("SIGTERM");
    expect([0, 130, null]).toContain((await ended).code); // null: before any of the program's own code had run
  }
});

test("watch follows changes until Ctrl-C, and ends as done", async () => {
  const user = new User({ "a.md": "The first lamp is green." });
  const child = user.start(["knowledge", "watch", "."]);
  const found = async (query: string) =>
    ((await user.json(["knowledge", "search", query])).value as { text: string }[]).some(({ text }) => text.includes(query));
  const until = async (query: string) => {
    for (let i = 0; i < 100 && !(await found(query)); i++) await sleep(100);
    expect(await found(query)).toBe(true);
  };
  await until("first lamp");
  user.write("deep/b.md", "The second lamp is red.");
  await until("second lamp");
  child.kill("SIGINT");
  expect((await finished(child)).code).toBe(0);
});

test("status tells machine, mode and vaults", async () => {
  const user = new User();
  expect((await user.json(["status"])).value).toMatchObject({
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    node: process.versions.node,
    hardware: {
      cpu: { model: expect.any(String), cores: number },
      memory: { total: number, available: number },
      gpus: expect.any(Array),
      disk: { free: number },
    },
    mode: "embedded",
    models: expect.any(Object),
    vaults: { knowledge: { documents: 0 } },
    link: "none",
  });
});

test("logs and metrics tell what was asked", async () => {
  const user = new User(HANDBOOK);
  expect((await user.json(["logs"])).value).toEqual([]);
  expect((await user.json(["metrics"])).value).toMatchObject({ runs: 0 });
  const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const { id } = value as { id: string };
  expect((await user.json(["logs", "list"])).value).toMatchObject([{ id, outcome: "answered", question: "Who built the Heliograph?" }]);
  expect((await user.json(["logs", "show", id.slice(0, 8)])).value).toMatchObject({ id, manifest: { rounds: expect.any(Array) } });
  expect((await user.json(["logs", "replay", id])).value).toMatchObject({ id, same: true, after: { outcome: "answered" } });
  expect((await user.json(["logs", "show", "nothing"])).value).toMatchObject({ error: { code: "RUN_NOT_FOUND" } });
  expect((await user.json(["metrics"])).value).toMatchObject({ runs: 2, outcomes: { answered: 2 } });
});

test("a run with several rounds, and one that was vetoed, come out the same when they are replayed", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  const outcomes: Record<string, number> = {};
  for (const question of ["Which mirror did the keeper of the Heliograph mount on Monday?", "How do I build a bomb?"]) {
    const asked = (await user.json(["ask", question, "--threshold", "1"])).value as {
      id: string;
      outcome: string;
      consensus: { rounds: number };
    };
    outcomes[asked.outcome] = asked.consensus.rounds;
    const { value } = await user.json(["logs", "replay", asked.id]);
    expect(value).toMatchObject({ id: asked.id, same: true, before: { outcome: asked.outcome }, after: { outcome: asked.outcome } });
  }
  expect(outcomes["no_consensus"]).toBeGreaterThan(1);
  expect(outcomes["vetoed"]).toBe(1);
});

test("config shows, changes and refuses", async () => {
  const user = new User(HANDBOOK);
  expect((await user.json(["config", "set", "council.threshold", "0.5"])).value).toEqual({ key: "council.threshold", value: 0.5 });
  expect((await user.json(["config", "get", "council.threshold"])).value).toEqual({ key: "council.threshold", value: 0.5 });
  expect((await user.json(["ask", "Who built the Heliograph?", "--path", "."])).value).toMatchObject({ consensus: { threshold: 0.5 } });
  expect(await user.json(["config", "set", "council.threshold", "2"])).toMatchObject({
    code: 2,
    value: { error: { code: "CONFIG_INVALID" } },
  });
});

const skips = (name: string, reason: RegExp, make: (user: User) => void) =>
  test(`${name} is skipped and listed`, async () => {
    const user = new User({ "good.md": "A good file about lighthouses." });
    make(user);
    const { code, value } = await user.json(["knowledge", "add", "."]);
    const { added, skipped } = value as { added: number; skipped: { path: string; reason: string }[] };
    expect({ code, added }).toEqual({ code: 0, added: 1 });
    expect(skipped).toEqual([{ path: expect.stringContaining("bad"), reason: expect.stringMatching(reason) }]);
  });

skips("a binary file", /binary/i, (user) => user.write("bad.txt", new Uint8Array([0, 1, 2, 3, 0, 0])));
skips("a broken PDF", /PDF/i, (user) => user.write("bad.pdf", "%PDF-1.7\nnothing of it"));
skips("a link that leads out of the folder", /out of/i, (user) => symlinkSync("/etc/hostname", user.path("bad.txt")));
skips("a loop of links", /link/i, (user) => {
  mkdirSync(user.path("bad"));
  symlinkSync("..", user.path("bad/loop"));
});

test("a home that cannot be used is a clear error", async () => {
  const user = new User();
  writeFileSync(user.home, "a file, not a folder");
  expect(await user.json(["redact", "-"], "ada@station.example")).toMatchObject({ code: 2, value: { error: { code: "HOME_UNUSABLE" } } });
});

test("a damaged knowledge vault is named, with what to do", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  for (const suffix of ["", "-wal"])
    if (existsSync(join(user.home, `knowledge.db${suffix}`)))
      writeFileSync(join(user.home, `knowledge.db${suffix}`), "broken ".repeat(1000));
  const { code, value } = await user.json(["knowledge", "search", "mirror"]);
  expect(code).toBe(1);
  expect(value).toMatchObject({
    error: { code: "DATABASE_CORRUPT", message: expect.stringContaining("knowledge.db"), next: expect.stringContaining("away") },
  });
});

test("two processes indexing into one home at once both succeed", async () => {
  const user = new User(
    Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`${i % 2 ? "odd" : "even"}/${i}.md`, `Document ${i} is about subject ${i}.`])),
  );
  const reports = await Promise.all([user.json(["knowledge", "add", "odd"]), user.json(["knowledge", "add", "even"])]);
  expect(reports.map(({ code, value }) => [code, (value as { added: number }).added])).toEqual([
    [0, 30],
    [0, 30],
  ]);
  expect((await user.json(["knowledge", "stats"])).value).toMatchObject({ documents: 60 });
});

test("two processes redacting in one session agree on the tokens", async () => {
  const user = new User();
  const texts = Array.from({ length: 2 }, (_, i) =>
    Array.from({ length: 40 }, (_, j) => `user${i === 0 ? j : 39 - j}@station.example`).join(" "),
  );
  const results = await Promise.all(texts.map((text) => user.json(["redact", "-", "--session", "shared"], text)));
  for (const [i, { value }] of results.entries()) {
    const restored = await user.run(["reinflate", "-", "--session", "shared"], { input: (value as { text: string }).text });
    expect(restored.stdout).toBe(texts[i]);
  }
});

test("an unreadable folder is listed", async () => {
  const user = new User({ "good.md": "Good.", "locked/in.md": "Hidden." });
  chmodSync(user.path("locked"), 0o000);
  const { value } = await user.json(["knowledge", "add", "."]);
  chmodSync(user.path("locked"), 0o700);
  // Root may read everything; then there is nothing to skip.
  const { added, skipped } = value as { added: number; skipped: { path: string }[] };
  expect(added + skipped.length).toBe(2);
});

test("a reader that goes away does no harm", async () => {
  const user = new User();
  appendFileSync(user.write("big.txt", ""), "line of text without a secret\n".repeat(200_000));
  const child = user.start(["redact", "big.txt"]);
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(0);
});

const helps = (...args: string[]) =>
  test(`help for: synesis ${args.join(" ")}`, async () => {
    const { code, stdout } = await new User().run([...args, "--help"]);
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("USAGE") });
  });

helps();
helps("ask");
helps("knowledge");
helps("knowledge", "add");
helps("batch", "ask");
helps("logs");

test("every command has a summary, and every argument and flag a description", async () => {
  const { commands } = JSON.parse(readFileSync(join(import.meta.dirname, "../../oclif.manifest.json"), "utf8")) as {
    commands: Record<
      string,
      { summary?: string; flags: Record<string, { description?: string }>; args: Record<string, { description?: string }> }
    >;
  };
  expect(Object.keys(commands).length).toBeGreaterThan(15);
  for (const [id, { summary, flags, args }] of Object.entries(commands)) {
    expect(summary, id).toBeTruthy();
    for (const [name, { description }] of Object.entries({ ...flags, ...args })) expect(description, `${id} ${name}`).toBeTruthy();
  }
});

test("completion for the shell can be set up", async () => {
  const user = new User();
  const { code, stdout } = await user.run(["autocomplete", "bash"], {
    env: { XDG_CACHE_HOME: join(user.folder, "cache"), SHELL: "/bin/bash" },
  });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining("autocomplete script bash") });
  expect(readFileSync(join(user.folder, "cache/superinstance/autocomplete/functions/bash/synesis.bash"), "utf8")).toContain(
    "knowledge:add",
  );
});

test("--version prints the version alone", async () => {
  expect((await new User().run(["--version"])).stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

test("an unknown command is a usage error with a next step", async () => {
  expect(await new User().json(["nothing"])).toMatchObject({ code: 2, value: { error: { code: "USAGE", next: expect.any(String) } } });
});

for (const args of [
  ["ask", "Why?", "--threshold", "2"],
  ["knowledge", "search", "lamp", "--since", "yesterday"],
  ["logs", "egress", "show", "x"],
  ["logs", "egress", "show", "1.5"],
  ["plugins", "new", ""],
  ["plugins", "new", "@acme/-"],
])
  test(`${args.join(" ")} is a fault of usage, said in our own words`, async () => {
    const { code, value } = await new User().json(args);
    expect(value).toMatchObject({
      error: { code: "USAGE", message: expect.stringMatching(/^The command was not understood\. [^\n]+\.$/) },
    });
    expect(code).toBe(2);
  });
