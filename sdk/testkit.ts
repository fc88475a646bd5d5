/** What authors of plugins find under `superinstance/testkit`: the rules that every plugin must keep, for their tests. */
import { definePatterns as checkedPatterns } from "../plugins/privacy/patterns/define.ts";
import { createScanner } from "../plugins/privacy/scan/scanner.ts";
import { type Caller, type Checked, checkContract } from "../plugins/third-party/contract.ts";
import { type Manifest, readManifest } from "../plugins/third-party/manifest.ts";
import { inPieces } from "../plugins/third-party/pieces.ts";
import { settingValues } from "../plugins/third-party/settings.ts";
import type { FoundSpan, Pattern, PluginContext, PluginDefinition, Provided, Taps, WriteRequest } from "./index.ts";

export type { Checked } from "../plugins/third-party/contract.ts";

/** A context that keeps what a plugin taps and provides, so that a test can call it. */
export interface FakeContext extends PluginContext {
  /** The tap of a hook. @throws Error when the plugin has none. */
  tapOf<Hook extends keyof Taps>(hook: Hook): Taps[Hook];
  /** What it provides. @throws Error when the plugin does not. */
  provided<Name extends keyof Provided>(name: Name): Provided[Name];
}

/** Sets a plugin up as SuperInstance would, without a sandbox. */
export async function setUp(plugin: PluginDefinition, settings: PluginContext["settings"] = {}): Promise<FakeContext> {
  const known = new Map<string, unknown>();
  const held = (name: string, what: string): unknown => {
    if (!known.has(name)) throw new Error(`${plugin.name} ${what} ${name}`);
    return known.get(name);
  };
  const context: FakeContext = {
    settings,
    tap: (hook, tap) => void known.set(hook, tap),
    provide: (name, service) => void known.set(name, service),
    tapOf: <Hook extends keyof Taps>(hook: Hook) => held(hook, "does not tap") as Taps[Hook],
    provided: <Name extends keyof Provided>(name: Name) => held(name, "does not provide") as Provided[Name],
  };
  await plugin.setup(context);
  return context;
}

/**
 * Calls every tap that package.json declares with what it will be called with, and checks the answers.
 *
 * @param packageJson contents of the plugin's package.json.
 * @throws Error naming each rule that was broken.
 */
export async function checkPlugin(plugin: PluginDefinition, packageJson: string): Promise<readonly Checked[]> {
  const manifest: Manifest = readManifest(packageJson);
  const context = await setUp(plugin, settingValues(manifest) as PluginContext["settings"]);
  const call: Caller = async (target, args) => {
    if (target === "embed") return (args[0] as string[]).map((text) => Array.from(context.provided("embedder").embed(text)));
    if (target === "generate")
      return inPieces(await context.provided("generator").generate(structuredClone(args[0]) as WriteRequest), () => {});
    const answer = await (context.tapOf(target as keyof Taps) as (...args: readonly unknown[]) => unknown)(...structuredClone(args));
    return answer === undefined ? undefined : (JSON.parse(JSON.stringify(answer)) as unknown);
  };
  const checked = await checkContract(manifest, call);
  const broken = checked.filter(({ fault }) => fault !== undefined);
  if (checked.length === 0) throw new Error("package.json declares nothing that could be checked");
  if (broken.length > 0) throw new Error(broken.map(({ name, fault }) => `${name}: ${fault}`).join("\n"));
  return checked;
}

/** Checks that patterns find their examples, leave their counter-examples, and are not held up by hostile text. @throws Error */
export function checkPatterns(patterns: readonly Pattern[]): void {
  checkedPatterns(patterns);
}

/** Where patterns find something in a text. */
export function findPatterns(patterns: readonly Pattern[], text: string): FoundSpan[] {
  return createScanner(patterns)(text);
}
