/** From nothing to a plugin that is published, installed and at work, for every kind that the template has. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { Registry } from "./registry.ts";
import { User } from "./synesis.ts";

const PACKAGE = join(import.meta.dirname, "../..");

let registry: Registry;
beforeAll(async () => {
  registry = await Registry.start();
});
afterAll(() => registry.close());

/** Packs a plugin as npm does, and puts it into the registry. Gives the packed file. */
function publish(folder: string, user: User): string {
  const told = execFileSync("npm", ["pack", "--json", "--pack-destination", user.folder], { cwd: folder, encoding: "utf8", stdio: "pipe" });
  const [packed] = Object.values(JSON.parse(told) as Record<string, { filename: string }>);
  const file = join(user.folder, packed?.filename ?? "");
  registry.publish(JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { name: string; version: string }, file);
  return file;
}

/** What shows, in a folder with the handbook, that the plugin is at work. */
const AT_WORK: Record<string, (user: User, name: string) => Promise<void>> = {
  async agent(user, name) {
    const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
    const { votes } = (value as { consensus: { votes: { agent: string }[] } }).consensus;
    expect(votes.map(({ agent }) => agent)).toContain(name);
  },
  async patterns(user) {
    const { value } = await user.json(["redact", "-"], "About CASE-2048.");
    expect(value).toMatchObject({ text: "About [CASE_NUMBER_01]." });
  },
  async retriever(user, name) {
    await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
    const { value } = await user.json(["plugins", "inspect", name]);
    expect(value).toMatchObject({ did: { calls: { retrieve: 1 }, faults: [] } });
  },
  async provider(user, name) {
    const askedElsewhere = async () => {
      const { value } = await user.json(["plugins", "list", "--tree"]);
      const tree = value as { name: string; taps: string[] }[];
      return tree.filter(({ name, taps }) => name !== "billing" && taps.includes("escalate")).map((plugin) => plugin.name);
    };
    expect(await askedElsewhere()).toEqual([name]); // no cloud is set up
    await user.json(["config", "set", "escalation.provider", "openai"]);
    expect(await askedElsewhere()).toEqual(["provider-openai"]);
    await user.json(["config", "set", "plugins.provider", name]);
    expect(await askedElsewhere()).toEqual([name]);
  },
  async generator(user, name) {
    await user.json(["config", "set", "plugins.generator", name]);
    const { value } = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
    expect(value).toMatchObject({ outcome: "answered", mode: "embedded", warnings: [expect.stringContaining(`${name}@0.1.0`)] });
  },
  async detector(user) {
    const { value } = await user.json(["redact", "-"], "The codeword swordfish.");
    expect(value).toMatchObject({ text: "The codeword [CODE_WORD_01]." });
  },
  async embedder(user, name) {
    await user.json(["knowledge", "add", "."]);
    const { value } = await user.json(["knowledge", "search", "heliograph"]);
    expect((value as unknown[]).length).toBeGreaterThan(0);
    const tree = await user.json(["plugins", "list", "--tree"]);
    expect(tree.value).toContainEqual({ name, taps: [], provides: [{ service: "embedder", to: ["knowledge"] }] });
  },
};

for (const [kind, atWork] of Object.entries(AT_WORK))
  test(`a new ${kind} passes its tests, is published, installed and at work`, async () => {
    const user = new User(HANDBOOK);
    const made = (await user.json(["plugins", "new", `my-${kind}`, "--kind", kind])).value as { name: string; folder: string };
    mkdirSync(join(made.folder, "node_modules"));
    symlinkSync(PACKAGE, join(made.folder, "node_modules/superinstance"), "dir");
    expect(execFileSync(process.execPath, ["--test"], { cwd: made.folder, encoding: "utf8", stdio: "pipe" })).toContain("fail 0");
    expect(readFileSync(join(made.folder, "index.js"), "utf8").split("\n").length).toBeLessThanOrEqual(26);
    expect((await user.json(["plugins", "test", made.folder])).value).toMatchObject({ ok: true });

    publish(made.folder, user);
    const installed = await user.run(["plugins", "install", made.name, "--yes", "--json"], {
      env: { npm_config_registry: registry.url, npm_config_cache: join(user.folder, "cache") },
    });
    expect(JSON.parse(installed.stdout)).toMatchObject({ name: made.name, integrity: expect.stringMatching(/^sha512-/) });
    await atWork(user, made.name);
  });

test("a packed file is installed as it is, and what came from a registry is updated from there", async () => {
  const user = new User();
  const env = { npm_config_registry: registry.url, npm_config_cache: join(user.folder, "cache") };
  const folder = join(user.folder, "brevity");
  cpSync(join(PACKAGE, "test/fixtures/plugins/brevity"), folder, { recursive: true });
  const packed = publish(folder, user);
  expect((await user.json(["plugins", "install", packed, "--yes"])).value).toMatchObject({ version: "1.0.0", source: packed });
  await user.run(["plugins", "install", "synesis-plugin-brevity", "--yes"], { env });
  const file = join(folder, "package.json");
  writeFileSync(file, readFileSync(file, "utf8").replace("1.0.0", "1.0.1"));
  publish(folder, user);
  const { code, stdout } = await user.run(["plugins", "update", "synesis-plugin-brevity", "--json"], { env });
  expect({ code, value: JSON.parse(stdout) as unknown }).toMatchObject({ code: 0, value: { version: "1.0.1" } });
});

test("a name that no registry has is said", async () => {
  const user = new User();
  const { code, stdout } = await user.run(["plugins", "install", "synesis-plugin-nobody", "--yes", "--json"], {
    env: { npm_config_registry: registry.url },
  });
  expect([code, JSON.parse(stdout)]).toEqual([
    1,
    { error: expect.objectContaining({ code: "PLUGIN_INSTALL_FAILED", message: expect.stringContaining("E404") }) },
  ]);
});
