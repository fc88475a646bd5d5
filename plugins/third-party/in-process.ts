/**
 * A plugin that is trusted: its code runs where everything else does, with all its rights. Its answers are checked as
 * those of a sandboxed one are. It does without anything of Node, so that an operator's Worker can bring plugins too.
 */
import type { Context, HookName, Plugin, Tap } from "../../kernel/index.ts";
import { SandboxFault } from "./fault.ts";
import type { Manifest } from "./manifest.ts";
import type { Ask } from "./taps.ts";
import { wired } from "./wired.ts";

type Run = (...args: unknown[]) => unknown;

/** What the module of a plugin exports, as `definePlugin` of the public package gives it. */
export interface Definition {
  setup(context: { tap(hook: string, tap: Run): void; provide(name: string, service: { embed: Run }): void }): void | Promise<void>;
}

/** Hooks that only trusted plugins join: they get what the kernel gives, unchanged. */
const AS_IS = ["consensus", "bill", "reinflate"] as const;

/** @throws SandboxFault when the plugin does not tap what its package declares. */
export async function inProcess(manifest: Manifest, definition: Definition): Promise<Plugin> {
  const runs = new Map<string, Run>();
  await definition.setup({
    tap: (hook, tap) => void runs.set(hook, tap),
    provide: (_, { embed }) =>
      void runs.set("embed", (texts) => (texts as string[]).map((text) => Array.from(embed(text) as Iterable<unknown>))),
  });
  const missing = [...manifest.taps, ...manifest.provides.map(() => "embed")].find((target) => !runs.has(target));
  if (missing) throw new SandboxFault(`${manifest.name} declares ${missing} and does not have it`);
  const plugin = wired(
    manifest,
    (target) => askerOf(runs.get(target) as Run),
    () => false,
  );
  const direct = AS_IS.filter((hook) => manifest.taps.includes(hook));
  return {
    ...plugin,
    async setup(context: Context) {
      await plugin.setup(context);
      for (const hook of direct) context.tap(hook, runs.get(hook) as Tap<HookName> as never);
    },
  };
}

function askerOf(run: Run): Ask {
  return async (args, _call, read) => {
    const value = await run(...(structuredClone(args) as unknown[]));
    return value === undefined ? undefined : read(value);
  };
}
