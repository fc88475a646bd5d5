/** From nothing to a plugin that is published, installed and at work, for every kind that the template has. */
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync } from "node:fs";
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
    const run = (command: string, args: readonly string[]) =>
      execFileSync(command, args, { cwd: made.folder, encoding: "utf8", stdio: "pipe" });
    mkdirSync(join(made.folder, "node_modules"));
    symlinkSync(PACKAGE, join(made.folder, "node_modules/superinstance"), "dir");
    expect(run(process.execPath, ["--test"])).toContain("fail 0");
    expect(readFileSync(join(made.folder, "index.js"), "utf8").split("\n").length).toBeLessThanOrEqual(26);
    expect((await user.json(["plugins", "test", made.folder])).value).toMatchObject({ ok: true });

    const [packed] = Object.values(
      JSON.parse(run("npm", ["pack", "--json", "--pack-destination", user.folder])) as Record<string, { filename: string }>,
    );
    registry.publish(
      JSON.parse(readFileSync(join(made.folder, "package.json"), "utf8")) as { name: string; version: string },
      join(user.folder, packed?.filename ?? ""),
    );
    const installed = await user.run(["plugins", "install", made.name, "--yes", "--json"], {
      env: { npm_config_registry: registry.url, npm_config_cache: join(user.folder, "cache") },
    });
    expect(JSON.parse(installed.stdout)).toMatchObject({ name: made.name, integrity: expect.stringMatching(/^sha512-/) });
    await atWork(user, made.name);
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
