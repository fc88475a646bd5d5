/**
 * A plugin that is trusted: its code runs where everything else does, with all its rights. Its answers are checked as
 * those of a sandboxed one are. It does without anything of Node, so that an operator's Worker can bring plugins too.
 */
import type { Context, HookName, Plugin, Services, Tap } from "../../kernel/index.ts";
import { StallTimer } from "../../pipeline/text/stall-timer.ts";
import { SandboxFault, SandboxSilence } from "./fault.ts";
import type { Manifest } from "./manifest.ts";
import { inPieces, type OnPiece } from "./pieces.ts";
import { type SettingValues, settingValues } from "./settings.ts";
import type { Ask } from "./taps.ts";
import { type Parts, wired } from "./wired.ts";

type Run = (...args: unknown[]) => unknown;

/** What the module of a plugin exports, as `definePlugin` of the public package gives it. */
export interface Definition {
  setup(context: {
    tap(hook: string, tap: Run): void;
    provide(name: string, service: unknown): void;
    readonly settings: SettingValues;
  }): void | Promise<void>;
}

/** Hooks that only trusted plugins join: they get what the kernel gives, unchanged. */
const AS_IS = ["consensus", "bill", "reinflate"] as const;

export interface InProcessOptions {
  /** What it is used for; all that it declares when absent. */
  readonly parts?: Parts;
  /** Its settings; their defaults when absent. */
  readonly settings?: SettingValues;
  /** Tokens that a request to its generator and the answer may have together. */
  readonly context?: number;
  /** Names the settings, where vectors depend on them. */
  readonly variant?: string;
  /** Silence after which its generator is given up, in milliseconds. It may be waiting for a server: that cannot be seen here. */
  readonly silentMs?: number;
}

const SILENT_MS = 120_000;

/** @throws SandboxFault when the plugin does not have what its package declares. */
export async function inProcess(
  manifest: Manifest,
  definition: Definition,
  { parts = manifest, settings = settingValues(manifest), context, variant, silentMs = SILENT_MS }: InProcessOptions = {},
): Promise<Plugin> {
  const runs = new Map<string, Run>();
  const services: Partial<Record<string, unknown>> = {};
  await definition.setup({
    tap: (hook, tap) => void runs.set(hook, tap),
    provide: (name, service) => {
      services[name] = service;
    },
    settings,
  });
  const missing = manifest.taps.find((hook) => !runs.has(hook)) ?? manifest.provides.find((name) => !services[name]);
  if (missing) throw new SandboxFault(`${manifest.name} declares ${missing} and does not have it`);
  const { embedder, generator, ...asTheyAre } = services as { embedder?: { embed: Run }; generator?: { generate: Run } };
  if (embedder) runs.set("embed", (texts) => (texts as string[]).map((text) => Array.from(embedder.embed(text) as Iterable<unknown>)));
  if (generator) runs.set("generate", (request) => generator.generate(request));
  const plugin = wired({
    manifest,
    parts,
    ask: (target) => askerOf(runs.get(target) as Run, silentMs),
    stays: () => false,
    services: asTheyAre as Partial<Services>,
    ...(context && { context }),
    ...(variant && { variant }),
  });
  const direct = AS_IS.filter((hook) => parts.taps.includes(hook));
  return {
    ...plugin,
    async setup(context: Context) {
      await plugin.setup(context);
      // The built-in verdict always decides: another one has to be asked before it.
      for (const hook of direct) context.tap(hook, runs.get(hook) as Tap<HookName> as never, { stage: hook === "consensus" ? -10 : 0 });
    },
  };
}

function askerOf(run: Run, silentMs: number): Ask {
  return async (args, { signal }, read, { onPiece } = {}) => {
    const givenUp = Promise.withResolvers<never>();
    const silence = new StallTimer((ms) => givenUp.reject(new SandboxSilence(`gave no word for ${ms / 1000} s`)));
    const onAbort = () => givenUp.reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    const told: OnPiece = (text) => {
      signal.throwIfAborted(); // nobody reads it any more
      silence.allow(silentMs);
      return onPiece?.(text);
    };
    try {
      if (onPiece) silence.allow(silentMs);
      const work = Promise.try(run, ...(structuredClone(args) as unknown[]));
      const value = await Promise.race([onPiece ? work.then((given) => inPieces(given, told)) : work, givenUp.promise]);
      return value === undefined ? undefined : read(value);
    } finally {
      silence.end();
      signal.removeEventListener("abort", onAbort);
    }
  };
}
