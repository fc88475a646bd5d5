import type { Call } from "./call.ts";
import type { HookName, Tap } from "./hooks.ts";
import type { RawAgent, ThinkingAgent } from "./raw-agents.ts";
import type { Redacted, Redaction } from "./redacted.ts";
import type { ServiceName, Services } from "./types.ts";

/** What a plugin may do while it is set up. */
export interface Context {
  /** Joins a hook that the plugin declared. Lower stages run earlier; 0 when absent. */
  tap<N extends HookName>(hook: N, tap: Tap<N>, options?: { stage?: number }): void;
  /** Joins agentVote as an agent that is shown values instead of tokens; the plugin must declare the text it needs as raw. */
  tapRawAgent(agent: RawAgent, think?: ThinkingAgent): void;
  /** Offers a service that the plugin declared under `provides`. */
  provide<S extends ServiceName>(name: S, service: Services[S]): void;
  /** A service that the plugin declared under `requires`. */
  service<S extends ServiceName>(name: S): Services[S];
  /** The one way from raw text to redacted text. */
  redact(raw: string, session: string, call: Call): Promise<Redaction>;
  /** The one way to redacted text from what a model wrote, or a plugin that saw redacted text alone. Tokens that stand in `shown` stay what they are; all else is raw. */
  redactWritten(written: string, shown: readonly Redacted[], session: string, call: Call): Promise<Redacted>;
}

/** A plugin: a plain object, usually made by a factory that takes options. */
export interface Plugin {
  readonly name: string;
  /** The version of this contract. */
  readonly api: 1;
  /** The text it needs to see. One that sees raw text has no network. */
  readonly text: "raw" | "redacted" | "none";
  readonly taps?: readonly HookName[];
  readonly provides?: readonly ServiceName[];
  readonly requires?: readonly ServiceName[];
  /** The kinds of token that its detectors ask for. */
  readonly tokenTypes?: readonly string[];
  /** The weight of its vote, where it taps agentVote and the configuration says nothing else. */
  readonly weight?: number;
  setup(context: Context): void | Promise<void>;
  close?(): void | Promise<void>;
}

/** Checks a plugin's shape where it is written, and keeps its literal type. */
export function definePlugin<P extends Plugin>(plugin: P): P {
  return plugin;
}
