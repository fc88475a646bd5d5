/**
 * What authors of plugins find under `superinstance`. Types for the most part: a plugin is a plain object, or a list of
 * patterns, and these functions give back what they are given.
 */
import type { Brief, KnowledgeVault, Passage } from "../kernel/index.ts";
import type { Pattern } from "../plugins/privacy/patterns/pattern.ts";

export type { Pattern } from "../plugins/privacy/patterns/pattern.ts";

/** A place in a text that holds a secret; offsets in UTF-16 code units, end exclusive. */
export interface FoundSpan {
  readonly start: number;
  readonly end: number;
  /** One of the `tokenTypes` in package.json. */
  readonly type: string;
  /** Decides between overlapping spans, from -1000 to 1000; 0 when absent. */
  readonly priority?: number;
}

/** A passage as a plugin sees it. Secrets are tokens, but for agents whose `text` is "raw". */
export type ShownPassage = Pick<Passage<string>, "id" | "title" | "heading" | "text" | "score">;

/** A passage that a retriever was given, perhaps with another score; or one that it brings along. */
export type ChosenPassage =
  | { readonly id: number; readonly score?: number }
  | { readonly path: string; readonly title: string; readonly heading?: string; readonly text: string; readonly score?: number };

/** What an agent is shown. In the phase "propose" there is no draft yet; in "judge" it votes on one. */
export type ShownBrief = Pick<Brief<string>, "phase" | "round" | "question" | "framing" | "draft" | "objections"> & {
  readonly passages: readonly ShownPassage[];
};

/** What an agent returns. */
export interface AgentBallot {
  /** From 0 to 1; needed unless the ballot abstains. */
  readonly approval?: number;
  /** One short sentence, shown to the user; at most 500 characters. */
  readonly reason: string;
  /** It has no opinion on this draft, and counts neither for nor against it. */
  readonly abstains?: boolean;
  /** What the next draft should do better. */
  readonly objections?: readonly string[];
  /** What the user should know whatever the outcome. */
  readonly warnings?: readonly string[];
  /** Ends the deliberation; only where package.json says `"veto": true` and the user granted it. */
  readonly veto?: { readonly rule: string; readonly reason: string };
}

/** What a provider is sent: tokens in the place of secrets. */
export interface ProviderBrief {
  readonly requestId: string;
  readonly question: string;
  readonly passages: readonly { readonly heading: string; readonly text: string }[];
  /** `auto`, `sonnet`, `opus`, `gpt`, or a model's own name. */
  readonly model: string;
  /** How the question is read, in a sentence. */
  readonly framing?: string;
  /** What was said before, the oldest first. */
  readonly history?: readonly { readonly question: string; readonly answer: string }[];
  /** What is to be heeded. */
  readonly constraints?: readonly string[];
  readonly maxTokens?: number;
}

/** What a model elsewhere answered; tokens in `text` get their values back on the user's machine. */
export interface ProviderAnswer {
  readonly text: string;
  readonly model: string;
  readonly tokens: { readonly in: number; readonly out: number };
}

type Maybe<T> = T | undefined | Promise<T | undefined>;

/** The hooks that a plugin may join, as it declares in package.json. Returning undefined means: nothing to say. */
export interface Taps {
  preRedact(spans: readonly FoundSpan[], raw: string): Maybe<readonly FoundSpan[]>;
  retrieve(passages: readonly ShownPassage[], question: { readonly text: string; readonly topK: number }): Maybe<readonly ChosenPassage[]>;
  agentVote(brief: ShownBrief): Maybe<AgentBallot>;
  escalate(brief: ProviderBrief): Maybe<ProviderAnswer>;
}

/** What a generator is asked: tokens in the place of secrets. */
export interface WriteRequest {
  readonly messages: readonly { readonly role: "system" | "user" | "assistant"; readonly content: string }[];
  /** A JSON Schema: the text must then be one JSON value that keeps it. It is asked again when it is not. */
  readonly schema?: Readonly<Record<string, unknown>>;
  readonly maxTokens: number;
}

/** What a generator wrote, as a whole. */
export interface Written extends WrittenEnd {
  readonly text: string;
}

/** What is to be said of a text that was written. */
export interface WrittenEnd {
  readonly tokens?: { readonly in: number; readonly out: number };
  /** "length" where it was cut at `maxTokens`. */
  readonly finish?: "stop" | "length";
}

/** The services that a plugin may provide, as it declares in package.json. */
export interface Provided {
  /** `embed` gives the vector of one text; all are of one length. */
  embedder: { embed(text: string): Iterable<number> };
  /** `generate` gives the whole text, or, written as an async generator, its pieces as they come. */
  generator: { generate(request: WriteRequest): Written | Promise<Written> | AsyncGenerator<string, WrittenEnd | undefined> };
  /** Only for plugins that are trusted: it is called without waiting. */
  knowledgeVault: KnowledgeVault;
}

/** What a plugin is given when it is set up. */
export interface PluginContext {
  /** What its user has set, by the keys that package.json declares; else their defaults. */
  readonly settings: Readonly<Record<string, boolean | number | string | readonly string[]>>;
  tap<Hook extends keyof Taps>(hook: Hook, tap: Taps[Hook]): void;
  provide<Name extends keyof Provided>(name: Name, service: Provided[Name]): void;
}

export interface PluginDefinition {
  readonly name: string;
  setup(context: PluginContext): void | Promise<void>;
}

/** Checks a plugin's shape where it is written. Export the result as the module's default. */
export function definePlugin<Definition extends PluginDefinition>(plugin: Definition): Definition {
  return plugin;
}

/** Checks the shape of redaction patterns where they are written. Export the result as the module's default. */
export function definePatterns(patterns: readonly Pattern[]): readonly Pattern[] {
  return patterns;
}
