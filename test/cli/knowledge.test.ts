import { readFileSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { writeTinyModel } from "../../plugins/embeddings/onnx/write-model.fixture.ts";
import { jsonLines, User } from "./synesis.ts";

const FILES = {
  "lamp.md":
    "---\ntags: [Lamps, brass]\n---\n# The lamp\n\nThe zebra lamp was made of brass by the harbour. Write to ann.lee@example.com.\n",
  "tool.ts": "export function zebra() {\n  return 'stripes';\n}\n",
  "old.txt": "An old zebra note. The key is AKIAQYLPMN5HHHFPZAM2.\n",
};
const names = (results: unknown) => (results as { path: string }[]).map(({ path }) => path.slice(path.lastIndexOf("/") + 1)).sort();

async function indexed(): Promise<User> {
  const user = new User(FILES);
  utimesSync(user.path("old.txt"), new Date("2020-06-15T12:00:00"), new Date("2020-06-15T12:00:00"));
  expect((await user.json(["knowledge", "add", "."])).value).toMatchObject({ added: 3, skipped: [] });
  return user;
}

test("search is limited by type, date, tag and path, alone and in a batch", async () => {
  const user = await indexed();
  const search = async (...flags: string[]) => names((await user.json(["knowledge", "search", "zebra", ...flags])).value);
  expect(await search("--type", "md")).toEqual(["lamp.md"]);
  expect(await search("--type", "code", "--type", "txt")).toEqual(["old.txt", "tool.ts"]);
  expect(await search("--tag", "#LAMPS", "--tag", "brass")).toEqual(["lamp.md"]);
  expect(await search("--since", "2020-06-15", "--until", "2020-06-15")).toEqual(["old.txt"]);
  expect(await search("--path", "tool.ts")).toEqual(["tool.ts"]);
  const input = [
    { id: 1, query: "zebra", type: "code" },
    { id: 2, query: "zebra", tag: ["lamps"], until: "2020-01-01" },
    { id: 3, query: "zebra", since: 7 },
    { id: 4, query: "zebra" },
  ];
  const { stdout } = await user.run(["batch", "search", "-", "--type", "txt"], {
    input: input.map((line) => JSON.stringify(line)).join("\n"),
  });
  const lines = jsonLines(stdout).sort((a, b) => Number(a["id"]) - Number(b["id"]));
  expect(lines.map(({ results, error }) => (error ? (error as { code: string }).code : names(results)))).toEqual([
    ["tool.ts"],
    [],
    "BATCH_LINE_INVALID",
    ["old.txt"],
  ]);
});

test("a question is answered from the documents of a tag, and its record says so", async () => {
  const user = await indexed();
  const ask = (tag: string) => user.json(["ask", "Where was the lamp made?", "--tag", tag, "--threshold", "0"]);
  const { value } = await ask("lamps");
  expect(names((value as { citations: unknown }).citations)).toContain("lamp.md");
  expect((await ask("boats")).value).toMatchObject({ outcome: "no_evidence" });
  const preview = (tag: string) => user.json(["ask", "Where was the lamp made?", "--cloud", "--preview", "--tag", tag]);
  expect((await preview("lamps")).value).toMatchObject({ passages: 1 });
  expect((await preview("boats")).value).toMatchObject({ passages: 0 });
  const { id } = value as { id: string };
  expect((await user.json(["logs", "show", id])).value).toMatchObject({ manifest: { request: { tags: ["lamps"] } } });
  expect((await user.json(["logs", "replay", id])).value).toMatchObject({ same: true });
});

test.each([
  ["--since", "soon", "A date is written"],
  ["--type", "a/b", "A type is a kind"],
])("%s %s is refused with what to write instead", async (flag, value, message) => {
  const user = new User();
  const { code, value: answer } = await user.json(["knowledge", "search", "x", flag, value]);
  expect([code, (answer as { error: { message: string } }).error.message]).toEqual([2, expect.stringContaining(message)]);
});

test("the vault says which files hold personal data, by type and never by value", async () => {
  const user = await indexed();
  const { value } = await user.json(["knowledge", "list"]);
  expect(
    (value as { path: string; privacy: unknown }[]).map(({ path, privacy }) => [path.slice(path.lastIndexOf("/") + 1), privacy]),
  ).toEqual([
    ["lamp.md", { class: "personal", counts: { EMAIL: 1 } }],
    ["old.txt", { class: "secret", counts: { API_KEY: 1 } }],
    ["tool.ts", { class: "public", counts: {} }],
  ]);
  const stats = (await user.json(["knowledge", "stats"])).value;
  expect(stats).toMatchObject({
    classes: { public: 1, personal: 1, secret: 1 },
    personal: { EMAIL: { values: 1, documents: 1 }, API_KEY: { values: 1, documents: 1 } },
  });
  const shown = await Promise.all([["list"], ["list", "--personal"], ["stats"]].map((args) => user.run(["knowledge", ...args])));
  expect(shown[0]?.stdout).toContain("lamp.md  markdown, 1 chunk, personal: EMAIL 1");
  expect(shown[1]?.stdout).not.toContain("tool.ts");
  for (const { stdout } of shown) expect(stdout).not.toMatch(/ann\.lee|AKIA/);
  const hits = (await user.json(["knowledge", "search", "harbour", "--type", "md"])).value;
  expect(hits).toMatchObject([{ privacy: { class: "personal", counts: { EMAIL: 1 } } }]);
});

test("another chunker cuts anew at the next add, with exact offsets, and the same setting reads nothing", async () => {
  const user = new User({ "long.md": `# Head\n\n${"One zebra sentence. ".repeat(60)}\n\nAnother paragraph.\n` });
  const add = async () => (await user.json(["knowledge", "add", "."])).value as { updated: number; unchanged: number; chunks: number };
  expect((await user.json(["knowledge", "add", "."])).value).toMatchObject({ added: 1, chunks: 1 });
  for (const [key, value] of [
    ["chunker", "tokens"],
    ["chunkOverlap", "16"],
    ["chunkTokens", "64"],
  ] as const)
    expect((await user.run(["config", "set", `index.${key}`, value])).code).toBe(0);
  const cut = await add();
  expect(cut).toMatchObject({ updated: 1, unchanged: 0 });
  expect(cut.chunks).toBeGreaterThan(4);
  expect(await add()).toMatchObject({ updated: 0, unchanged: 1, chunks: 0 });
  const source = readFileSync(user.path("long.md"), "utf8");
  const hits = (await user.json(["knowledge", "search", "zebra", "-k", "50"])).value as { start: number; end: number; text: string }[];
  expect(hits.length).toBeGreaterThan(4);
  for (const { start, end, text } of hits) expect(source.slice(start, end)).toBe(text);
  const { code, value } = await user.json(["config", "set", "index.chunkOverlap", "40"]);
  expect([code, (value as { error: { message: string } }).error.message]).toEqual([
    2,
    expect.stringContaining("at most half of index.chunkTokens"),
  ]);
});

test("another embedding model is used at once, searched by words until everything is embedded anew, and given back as easily", async () => {
  const user = await indexed();
  const search = async (query: string) => (await user.json(["knowledge", "search", query])).value as unknown[];
  const embedder = async () => ((await user.json(["knowledge", "stats"])).value as { embedder: string }).embedder;
  const shipped = await embedder();
  writeTinyModel(join(user.home, "models", "tiny"));
  expect((await user.run(["config", "set", "embeddings.model", "tiny"])).code).toBe(0);
  expect(await embedder()).toMatch(/^tiny-[0-9a-f]{8}$/);
  expect((await user.json(["doctor"])).value).toMatchObject({ ok: true });
  expect(await search("zebra")).toHaveLength(3);
  expect(await search("qqq")).toHaveLength(0); // no such word, and no vectors yet
  expect((await user.json(["knowledge", "add", "."])).value).toMatchObject({ unchanged: 3, chunks: 0 });
  expect(await search("qqq")).toHaveLength(3);
  expect((await user.json(["ask", "Where was the lamp made?", "--threshold", "0"])).value).toMatchObject({ outcome: "answered" });
  expect((await user.run(["config", "set", "embeddings.model", '""'])).code).toBe(0);
  expect(await embedder()).toBe(shipped);
  expect(await search("zebra")).toHaveLength(3);
});

test("a model that cannot be used, or the library that is missing, is said with what to do", async () => {
  const user = await indexed();
  await user.run(["config", "set", "embeddings.model", "nowhere"]);
  const missing = await user.json(["knowledge", "search", "zebra"]);
  expect([missing.code, missing.value]).toMatchObject([
    2,
    { error: { code: "EMBEDDER_INVALID", next: expect.stringContaining("embeddings.model") } },
  ]);
  const { checks } = (await user.json(["doctor"])).value as { checks: { name: string; ok: boolean }[] };
  expect(checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(["embedder"]);
  writeTinyModel(join(user.home, "models", "nowhere"));
  const refuse = `import{registerHooks}from"node:module";registerHooks({resolve(s,c,n){if(s==="onnxruntime-node")throw new Error("gone");return n(s,c)}})`;
  const { code, stdout } = await user.run(["knowledge", "search", "zebra", "--json"], {
    env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(refuse)}` },
  });
  expect([code, JSON.parse(stdout)]).toMatchObject([2, { error: { code: "EMBEDDER_RUNTIME_MISSING" } }]);
});

test("of two that add the same files at once, each file is added by one", async () => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`${i}.md`, `# Lamp ${i}\n\nThe lamp number ${i} is green.\n`]));
  const user = new User(files);
  const reports = await Promise.all([1, 2].map(() => user.json(["knowledge", "add", "."])));
  const sum = (key: string) => reports.reduce((total, { value }) => total + ((value as Record<string, number>)[key] ?? 0), 0);
  expect(sum("added")).toBe(300);
  expect(sum("updated")).toBe(0);
});

test("a batch's own input and output, and the data folder, are no documents", async () => {
  const user = new User({ "a.md": "The first lamp is green." });
  user.write("q.jsonl", `${JSON.stringify({ id: 1, question: "What colour is the first lamp?" })}\n`);
  user.write("out.jsonl", "");
  const { code } = await user.run(["batch", "ask", "q.jsonl", "--out", "out.jsonl", "--path", ".", "--path", user.home, "--resume"]);
  expect(code).toBe(0);
  const listed = (await user.json(["knowledge", "list"])).value as { path: string }[];
  expect(listed.map(({ path }) => path)).toEqual([user.path("a.md")]);
  const { value } = await user.json(["knowledge", "add", user.home]);
  expect(value).toMatchObject({ added: 0, skipped: [{ path: user.home, reason: "read or written by this program itself" }] });
});
