/** Plugins as strangers write them, installed and used through the command. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { User } from "./synesis.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/plugins");
const plugin = (name: string) => join(FIXTURES, name);

/** A copy of a plugin that a test may change. */
function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "synesis-plugin-"));
  cpSync(plugin(name), folder, { recursive: true });
  return folder;
}

async function install(user: User, source: string, ...flags: string[]) {
  return user.json(["plugins", "install", source, ...flags]);
}

test("an agent joins the council by its weight, and what it did can be inspected", async () => {
  const user = new User(HANDBOOK);
  const { code, value } = await install(user, plugin("brevity"), "--yes");
  expect(code).toBe(0);
  expect(value).toMatchObject({ name: "synesis-plugin-brevity", version: "1.0.0", trusted: false });

  const answer = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const votes = (answer.value as { consensus: { votes: { agent: string; weight: number; reason: string }[] } }).consensus.votes;
  expect(votes.map(({ agent, weight }) => [agent, weight])).toContainEqual(["synesis-plugin-brevity", 0.4]);

  const inspected = await user.json(["plugins", "inspect", "synesis-plugin-brevity"]);
  expect(inspected.value).toMatchObject({ did: { questions: 1, calls: { agentVote: 2 }, faults: [] } });
});

test("a retriever in TypeScript orders passages", async () => {
  const user = new User({
    "a.md": "# Launch\n\nThe launch was planned for 1999.\n",
    "b.md": "# Launch\n\nThe launch took place in 2021.\n",
  });
  expect((await install(user, plugin("fresh-first"), "--yes")).code).toBe(0);
  const { value } = await user.json(["ask", "When was the launch?", "--path", ".", "--threshold", "0"]);
  expect(value).toMatchObject({ outcome: "answered", warnings: [] });
  const tree = await user.json(["plugins", "list", "--tree"]);
  expect(tree.value).toContainEqual({ name: "@mira/fresh-first", taps: ["retrieve"], provides: [] });
});

test("a list of patterns finds what it describes", async () => {
  const user = new User({ "log.txt": "D-EABC landed" });
  expect((await install(user, plugin("tail-numbers"), "--yes")).code).toBe(0);
  const { value } = await user.json(["redact", "log.txt"]);
  expect(value).toMatchObject({ text: "[TAIL_NUMBER_01] landed", entities: [{ type: "TAIL_NUMBER" }] });
});

test("a list of patterns that breaks its own examples is refused", async () => {
  const folder = copyOf("tail-numbers");
  const file = join(folder, "patterns.js");
  writeFileSync(file, readFileSync(file, "utf8").replace('"D-EAB"', '"D-EABC"'));
  const { code, value } = await install(new User({}), folder, "--yes");
  expect(code).toBe(2);
  expect(value).toMatchObject({
    error: { code: "PATTERNS_INVALID", message: expect.stringContaining("registration of a German aircraft") },
  });
});

test("nothing is installed that was not granted", async () => {
  const user = new User({});
  const { code, stderr } = await user.run(["plugins", "install", plugin("brevity")]);
  expect(code).toBe(2);
  expect(stderr).toContain("It votes on answers, with a weight of 0.4.");
  expect((await user.json(["plugins", "list"])).value).toEqual([]);
});

test("npm leaves no cache of its own behind", async () => {
  const user = new User();
  const { code } = await user.run(["plugins", "install", plugin("brevity"), "--yes"], { env: { HOME: user.folder } });
  expect(code).toBe(0);
  expect(readdirSync(user.folder).sort()).toEqual(["files", "home"]);
});

test("install scripts do not run", async () => {
  const folder = copyOf("brevity");
  const file = join(folder, "package.json");
  const marker = join(folder, "ran");
  const scripts = Object.fromEntries(
    ["preinstall", "install", "postinstall", "prepare", "prepack"].map((name) => [name, `touch ${marker}`]),
  );
  writeFileSync(file, JSON.stringify({ ...(JSON.parse(readFileSync(file, "utf8")) as object), scripts }));
  expect((await install(new User({}), folder, "--yes")).code).toBe(0);
  expect(readdirSync(folder)).not.toContain("ran");
});

test("code that was changed after it was installed is not run", async () => {
  const user = new User(HANDBOOK);
  await install(user, plugin("brevity"), "--yes");
  const folder = join(user.home, "plugins");
  for (const file of readdirSync(folder)) if (file.endsWith(".js")) writeFileSync(join(folder, file), "1");
  const { code, value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  expect([code, value]).toEqual([2, { error: expect.objectContaining({ code: "PLUGIN_CHANGED" }) }]);
});

test("a plugin that fails three times in a row is named, then set aside, and the questions are answered", async () => {
  const user = new User(HANDBOOK);
  const folder = copyOf("brevity");
  writeFileSync(
    join(folder, "index.js"),
    "export default { setup: (context) => context.tap('agentVote', () => { throw new Error('no luck'); }) };",
  );
  await install(user, folder, "--yes");
  const ask = () => user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const first = await ask();
  expect(first.value).toMatchObject({ outcome: "answered", warnings: ["synesis-plugin-brevity was left out: no luck."] });
  await ask();
  const third = await user.run(["ask", "Who built the Heliograph?", "--path", "."]);
  expect(third.code).toBe(0);
  expect(third.stderr).toContain("synesis-plugin-brevity failed three times in a row and is set aside");
});

test("an embedder that fails at its work is named, and set aside after three questions: the built-in one takes over", async () => {
  const user = new User(HANDBOOK);
  const folder = copyOf("quoter");
  const synesis = { api: 1, text: "raw", provides: ["embedder"] };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "synesis-plugin-vague", version: "1.0.0", type: "module", synesis }));
  const embed = "(text) => { if (text.length > 1) throw new Error(text); return [1, 2]; }";
  writeFileSync(join(folder, "index.js"), `export default { setup: (c) => c.provide("embedder", { embed: ${embed} }) };`);
  await install(user, folder, "--yes");
  const ask = () => user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const failed = { code: "PLUGIN_FAILED", message: expect.stringContaining("(synesis-plugin-vague: failed)") };
  for (let i = 0; i < 3; i += 1) expect(await ask()).toMatchObject({ code: 1, value: { error: failed } });
  expect(await ask()).toMatchObject({ code: 0, value: { outcome: "answered" } });
});

test("a trusted plugin has the rights of the command, and says so", async () => {
  const user = new User(HANDBOOK);
  const folder = copyOf("brevity");
  writeFileSync(
    join(folder, "index.js"),
    `import { readdirSync } from "node:fs";
     export default { setup: (context) => context.tap("agentVote", () => ({ approval: 1, reason: readdirSync(".").join(" ") })) };`,
  );
  expect((await install(user, folder, "--yes")).code).toBe(2);
  const trusted = await install(user, folder, "--yes", "--trust");
  expect(trusted.value).toMatchObject({
    trusted: true,
    granted: expect.arrayContaining(["It runs with all your rights: files, network, other programs."]),
  });
  const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const { votes } = (value as { consensus: { votes: { agent: string; reason: string }[] } }).consensus;
  expect(votes.find(({ agent }) => agent === "synesis-plugin-brevity")?.reason).toContain("handbook.md");
});

test("a generator is used when it is chosen, with the settings that its user gave", async () => {
  const user = new User(HANDBOOK);
  const ask = () => user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  const set = (key: string, value: string) => user.json(["config", "set", key, value]);
  await install(user, plugin("quoter"), "--yes");
  expect((await ask()).value).toMatchObject({ mode: "embedded" });

  await set("plugins.generator", "synesis-plugin-quoter");
  expect((await ask()).value).toMatchObject({
    outcome: "answered",
    mode: "generator",
    model: "synesis-plugin-quoter@1.0.0",
    answer: expect.stringContaining("Gauss"),
    warnings: [],
  });
  const tree = await user.json(["plugins", "list", "--tree"]);
  const writers = { service: "generator", to: ["pathos", "logos", "ethos"] };
  expect(tree.value).toContainEqual({ name: "synesis-plugin-quoter", taps: [], provides: [writers] });

  expect((await set("plugins.settings.synesis-plugin-quoter.approval", "0")).code).toBe(0);
  expect((await ask()).value).toMatchObject({ mode: "generator", outcome: "no_consensus" });
});

test("a generator that hangs is given up after the time that is set, and the rules answer", async () => {
  const user = new User(HANDBOOK);
  const settings = { version: "1.0.0", type: "module", synesis: { api: 1, provides: ["generator"] } };
  user.write("mute/package.json", JSON.stringify({ name: "synesis-plugin-mute", ...settings }));
  const setup = "({ provide }) => provide('generator', { async *generate() { yield '{'; for (;;); } })";
  user.write("mute/index.js", `export default { name: "synesis-plugin-mute", setup: ${setup} };`);
  await install(user, user.path("mute"), "--yes");
  await user.json(["config", "set", "plugins.generator", "synesis-plugin-mute"]);
  expect((await user.json(["config", "set", "generator.stallSeconds", "1"])).code).toBe(0);
  const { code, value } = await user.json(["ask", "Who built the Heliograph?", "--path", "handbook.md"]);
  expect({ code, ...(value as object) }).toMatchObject({
    code: 0,
    outcome: "answered",
    mode: "embedded",
    warnings: [expect.stringMatching(/synesis-plugin-mute.*no word for 1 s/)],
  });
});

test.each([
  ["approval", "2", "CONFIG_INVALID", "plugins.settings.synesis-plugin-quoter.approval: it must be at most 1."],
  ["aproval", "1", "CONFIG_KEY_UNKNOWN", "(plugins.settings.synesis-plugin-quoter.aproval)"],
])("a plugin's setting %s = %s is refused by the plugin's own form, which names the key", async (key, value, code, message) => {
  const user = new User(HANDBOOK);
  await install(user, plugin("quoter"), "--yes");
  const set = await user.json(["config", "set", `plugins.settings.synesis-plugin-quoter.${key}`, value]);
  expect([set.code, set.value]).toEqual([2, { error: expect.objectContaining({ code, message: expect.stringContaining(message) }) }]);
  const { value: inspected } = await user.json(["plugins", "inspect", "synesis-plugin-quoter"]);
  expect(inspected).toMatchObject({ settings: { approval: { value: 1, description: "How much it likes a draft." } } });
});

test("a plugin that is switched off is not asked, and pathos can be", async () => {
  const user = new User(HANDBOOK);
  await install(user, plugin("brevity"), "--yes");
  const agents = async () => {
    const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
    return (value as { consensus: { votes: { agent: string }[] } }).consensus.votes.map(({ agent }) => agent);
  };
  await user.json(["config", "set", "plugins.disabled", '["synesis-plugin-brevity"]']);
  expect(await agents()).toEqual(["pathos", "logos", "ethos"]);
  expect((await user.json(["plugins", "list"])).value).toMatchObject([{ name: "synesis-plugin-brevity", disabled: true }]);
  await user.json(["config", "set", "plugins.disabled", '["pathos"]']);
  expect(await agents()).toEqual(["logos", "ethos", "synesis-plugin-brevity"]);
  const refused = await user.json(["config", "set", "plugins.disabled", '["ethos"]']);
  expect(refused.value).toMatchObject({ error: { code: "CONFIG_INVALID", message: expect.stringContaining("plugins.disabled.0") } });
  const wrong = await user.run(["config", "set", "plugins.disabled", '["synesis-plugin-brevty"]']);
  expect(wrong.stderr).toContain("plugins.disabled names synesis-plugin-brevty, which is not installed.");
});

test("of two embedders one has to be chosen, and the built-in one can be", async () => {
  const user = new User(HANDBOOK);
  const embedder = (name: string) => {
    const folder = copyOf("quoter");
    const synesis = { api: 1, text: "raw", provides: ["embedder"] };
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name, version: "1.0.0", type: "module", synesis }));
    writeFileSync(
      join(folder, "index.js"),
      "export default { setup: (c) => c.provide('embedder', { embed: (text) => [1, text.length, text.length % 7] }) };",
    );
    return folder;
  };
  const stats = async () => (await user.json(["knowledge", "stats"])).value as { embedder?: string; error?: { message: string } };
  await install(user, embedder("synesis-plugin-one"), "--yes");
  expect((await stats()).embedder).toBe("synesis-plugin-one@1.0.0");
  await install(user, embedder("synesis-plugin-two"), "--yes");
  expect((await stats()).error?.message).toContain("plugins.embedder: synesis-plugin-one and synesis-plugin-two can both do it.");
  await user.json(["config", "set", "plugins.embedder", "synesis-plugin-two"]);
  expect((await stats()).embedder).toBe("synesis-plugin-two@1.0.0");
  await user.json(["config", "set", "plugins.embedder", "embeddings"]);
  expect((await stats()).embedder).not.toContain("synesis-plugin");
  const nobody = await user.json(["config", "set", "plugins.embedder", "synesis-plugin-three"]);
  expect(nobody.value).toMatchObject({ error: { code: "CONFIG_INVALID", message: expect.stringContaining("plugins.embedder") } });
});

test("a store of somebody else's needs trust, and keeps the documents once it is chosen", async () => {
  const user = new User(HANDBOOK);
  expect((await install(user, plugin("shelf"), "--yes")).value).toMatchObject({ error: { next: expect.stringContaining("--trust") } });
  await install(user, plugin("shelf"), "--yes", "--trust");
  await user.json(["config", "set", "plugins.store", "@mira/shelf"]);
  const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  expect(value).toMatchObject({ outcome: "answered", answer: expect.stringContaining("Gauss") });
  expect(readdirSync(user.home)).not.toContain("knowledge.db");
  const tree = await user.json(["plugins", "list", "--tree"]);
  expect(tree.value).toContainEqual({
    name: "@mira/shelf",
    taps: [],
    provides: [{ service: "knowledgeVault", to: ["knowledge"] }],
  });
});

test("an agent that abstains is heard and not counted, and its log can be read", async () => {
  const user = new User(HANDBOOK);
  const folder = copyOf("brevity");
  writeFileSync(
    join(folder, "index.js"),
    "export default { setup: (c) => c.tap('agentVote', () => { console.log('nothing to say'); return { abstains: true, reason: 'Not mine.' }; }) };",
  );
  await install(user, folder, "--yes");
  const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
  expect(value).toMatchObject({ outcome: "answered", warnings: [] });
  const inspected = await user.json(["plugins", "inspect", "synesis-plugin-brevity"]);
  expect(inspected.value).toMatchObject({ did: { faults: [] }, log: ["nothing to say", "nothing to say"] });
});

test("an update that asks for more is granted anew", async () => {
  const user = new User({});
  const folder = copyOf("brevity");
  await install(user, folder, "--yes");
  const file = join(folder, "package.json");
  const greedy = readFileSync(file, "utf8").replace('"worker": true', '"hosts": ["api.example.com"]').replace("1.0.0", "1.1.0");
  writeFileSync(file, greedy);
  const refused = await user.json(["plugins", "update", "synesis-plugin-brevity"]);
  expect(refused.value).toMatchObject({
    error: { code: "PLUGIN_NOT_GRANTED", message: expect.stringContaining("It sends redacted text to api.example.com.") },
  });
  const granted = await user.json(["plugins", "update", "synesis-plugin-brevity", "--yes"]);
  expect(granted.value).toMatchObject({ version: "1.1.0" });
});

test("a plugin that is removed leaves nothing", async () => {
  const user = new User(HANDBOOK);
  await install(user, plugin("brevity"), "--yes");
  await user.json(["ask", "Who built the Heliograph?", "--path", "."]); // it logs
  expect((await user.json(["plugins", "uninstall", "synesis-plugin-brevity"])).value).toEqual({ removed: "synesis-plugin-brevity" });
  expect(readdirSync(join(user.home, "plugins"))).toEqual(["plugins.json"]);
  expect((await user.json(["plugins", "uninstall", "synesis-plugin-brevity"])).value).toMatchObject({
    error: { code: "PLUGIN_NOT_FOUND" },
  });
});
