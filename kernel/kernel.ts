import type { Call } from "./call.ts";
import { describeError, SynesisError } from "./errors.ts";
import { createHooks, type HookName, type Hooks } from "./hooks.ts";
import { TapFailure } from "./interpret.ts";
import { startOrder } from "./order.ts";
import type { Context, Plugin } from "./plugin.ts";
import { RawAgents } from "./raw-agents.ts";
import { mint, type Redacted, type Redaction } from "./redacted.ts";
import { revealShown } from "./reveal.ts";
import { isTypeName } from "./token-format.ts";
import type { ServiceName, Services, Span, TokenSession } from "./types.ts";

/** The plugins, wired. */
export interface Kernel {
  readonly hooks: Hooks;
  /** In the order in which they were set up. */
  readonly plugins: readonly Plugin[];
  /** Weight of each agent's vote, by plugin name. */
  readonly weights: ReadonlyMap<string, number>;
  service<S extends ServiceName>(name: S): Services[S];
  redact(raw: string, session: string, call: Call): Promise<Redaction>;
  /** Redacts what a model wrote. Tokens that stand in `shown` stay what they are; all else is raw. */
  redactWritten(written: string, shown: readonly Redacted[], session: string, call: Call): Promise<Redacted>;
  close(): Promise<void>;
}

export interface KernelOptions {
  /** Weights that replace those the plugins declare. */
  readonly weights?: Readonly<Record<string, number>>;
  /** How long one tap may take, in milliseconds, by hook. */
  readonly maxTapMs?: Partial<Record<HookName, number>>;
}

/**
 * Sets up every plugin, those that provide a service before those that require it.
 *
 * @throws SynesisError PLUGIN_INVALID or PLUGIN_REQUIREMENT_MISSING: the kernel starts whole or not at all.
 */
export async function createKernel(plugins: readonly Plugin[], options: KernelOptions = {}): Promise<Kernel> {
  const hooks = createHooks(options.maxTapMs);
  const services: Partial<Services> = {};
  const tokenTypes = new Set(plugins.flatMap((plugin) => plugin.tokenTypes ?? []));
  const weights = new Map(
    plugins
      .filter((plugin) => plugin.taps?.includes("agentVote"))
      .map(({ name, weight }) => [name, options.weights?.[name] ?? weight ?? 1]),
  );
  const started: Plugin[] = [];

  /** `known` are values whose places are known beforehand. */
  const redact = async (text: string, known: readonly Span[], tokens: TokenSession, call: Call): Promise<Redaction> => {
    if (hooks.preRedact.taps.length === 0) throw new SynesisError("REDACTION_FAILED", "No detector is loaded.");
    try {
      return mint(text, [...known, ...(await hooks.preRedact.promise([], text, { ...call, session: tokens.id }))], tokens, tokenTypes);
    } catch (error) {
      throw redactionFault(error, call);
    }
  };

  const kernel: Kernel = {
    hooks,
    plugins: started,
    weights,
    service(name) {
      const service = services[name];
      if (!service) throw new SynesisError("PLUGIN_REQUIREMENT_MISSING", `Nobody provides ${name}.`);
      return service;
    },
    redact: (raw, session, call) => redact(raw, [], kernel.service("tokenVault").session(session), call),
    async redactWritten(written, shown, session, call) {
      const tokens = kernel.service("tokenVault").session(session);
      const { raw, spans } = revealShown(written, shown, tokens);
      return (await redact(raw, spans, tokens, call)).text;
    },
    async close() {
      for (const plugin of started.splice(0).reverse()) await plugin.close?.();
    },
  };

  const rawAgents = new RawAgents((id) => kernel.service("tokenVault").session(id), tokenTypes);
  try {
    for (const plugin of startOrder(plugins)) {
      validate(plugin);
      started.push(plugin);
      await plugin.setup(contextFor(plugin, kernel, services, rawAgents));
      const unkept = plugin.provides?.find((name) => !services[name]);
      if (unkept) throw new SynesisError("PLUGIN_INVALID", `${plugin.name} declares the service ${unkept} and does not provide it.`);
    }
  } catch (error) {
    await kernel.close();
    throw error;
  }
  return kernel;
}

function contextFor(plugin: Plugin, kernel: Kernel, services: Partial<Services>, rawAgents: RawAgents): Context {
  const refuse = (what: string) => new SynesisError("PLUGIN_INVALID", `${plugin.name} ${what}`);
  const context: Context = {
    tap(hook, tap, { stage = 0 } = {}) {
      if (!plugin.taps?.includes(hook)) throw refuse(`taps ${hook} without declaring it.`);
      kernel.hooks[hook].tapPromise({ name: plugin.name, stage }, tap);
    },
    tapRawAgent(agent, think) {
      if (plugin.text !== "raw") throw refuse("asks for values without declaring that it needs raw text.");
      context.tap("agentVote", rawAgents.tap(agent, think));
    },
    provide(name, service) {
      if (!plugin.provides?.includes(name)) throw refuse(`provides ${name} without declaring it.`);
      services[name] = service;
    },
    service(name) {
      if (!plugin.requires?.includes(name)) throw refuse(`uses ${name} without requiring it.`);
      return kernel.service(name);
    },
    redact: kernel.redact,
    redactWritten: kernel.redactWritten,
  };
  return context;
}

function validate(plugin: Plugin): void {
  const refuse = (what: string) => new SynesisError("PLUGIN_INVALID", `${plugin.name}: ${what}`);
  if (plugin.api !== 1) throw refuse(`it needs plugin API ${String(plugin.api)}; this version has 1.`);
  const badType = plugin.tokenTypes?.find((type) => !isTypeName(type));
  if (badType !== undefined) throw refuse(`${badType} cannot be the name of a token.`);
  const { weight } = plugin;
  if (weight !== undefined && !(Number.isFinite(weight) && weight >= 0)) throw refuse("its weight is not a number from 0 up.");
}

/** Detectors see raw text, so their error messages stay out of what is shown; the plugin's name is enough to act on. */
function redactionFault(error: unknown, call: Call): unknown {
  if (call.signal.aborted || error instanceof SynesisError) return error;
  if (error instanceof TapFailure) return new SynesisError("REDACTION_FAILED", `It was ${error.tap}.`, { cause: error });
  return new SynesisError(
    "REDACTION_FAILED",
    error instanceof RangeError ? `A detector's answer was refused: ${describeError(error)}.` : undefined,
    { cause: error },
  );
}
