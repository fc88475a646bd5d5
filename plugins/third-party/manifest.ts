/** What a plugin's package says of itself: the part of package.json under `synesis`, checked. */
import * as z from "zod/mini";
import { type HookName, isTypeName, SynesisError } from "../../kernel/index.ts";
import { settingsForm } from "./settings.ts";

/** The hooks that code in a sandbox may join. Deciding, billing and giving values back are for plugins that are trusted. */
const SANDBOXED_HOOKS = ["preRedact", "retrieve", "agentVote", "escalate"] as const;
const TRUSTED_HOOKS = ["consensus", "bill", "reinflate"] as const;
export type SandboxedHook = (typeof SANDBOXED_HOOKS)[number];

/** What code in a sandbox may provide. A store is called without waiting, which no process apart can answer. */
const SANDBOXED_SERVICES = ["embedder", "generator"] as const;
const TRUSTED_SERVICES = ["knowledgeVault"] as const;
export type SandboxedService = (typeof SANDBOXED_SERVICES)[number];

const host = z.string().check(z.regex(/^(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}(?::\d{1,5})?$/));

const synesis = z.strictObject({
  api: z.literal(1),
  /** The file that holds the plugin, relative to the package. */
  entry: z._default(z.string().check(z.regex(/^(?:\.\/)?[\w@-][\w@./-]*\.(?:js|mjs|ts|json)$/)), "index.js"),
  text: z._default(z.enum(["raw", "redacted", "none"]), "redacted"),
  taps: z._default(z.array(z.enum([...SANDBOXED_HOOKS, ...TRUSTED_HOOKS])), []),
  /** Whether it is a list of redaction patterns: data, which is not run. */
  patterns: z._default(z.boolean(), false),
  provides: z._default(z.array(z.enum([...SANDBOXED_SERVICES, ...TRUSTED_SERVICES])), []),
  /** Weight of its vote, where it is an agent. */
  weight: z._default(z.number().check(z.gte(0), z.lte(1)), 0.5),
  /** Whether its veto ends a deliberation. */
  veto: z._default(z.boolean(), false),
  /** Kinds of token that it asks for, where it is a detector. */
  tokenTypes: z._default(z.array(z.string().check(z.refine(isTypeName))), []),
  /** Hosts that it may talk to, over HTTPS. */
  hosts: z._default(z.array(host), []),
  /** Whether it may also be built into a Worker, where it votes in the cloud's council. */
  worker: z._default(z.boolean(), false),
  /** What its user can set, by key. */
  settings: z._default(settingsForm, {}),
});

// A scope or the prefix keeps a stranger's plugin from taking the name of one that is built in.
const packageJson = z.object({
  name: z.string().check(z.regex(/^(?:@[a-z0-9~-][a-z0-9._~-]*\/|synesis-plugin-)[a-z0-9~-][a-z0-9._~-]*$/), z.maxLength(214)),
  version: z.string().check(z.regex(/^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/)),
  synesis,
});

/** A million settings would hold up everything that reads them. */
const MAX_CHARACTERS = 256 * 1024;

/** What a plugin is, needs and asks for. */
export interface Manifest extends z.infer<typeof synesis> {
  readonly name: string;
  readonly version: string;
}

/**
 * @param text contents of package.json.
 * @throws SynesisError PLUGIN_INVALID, naming the key that is wrong.
 */
export function readManifest(text: string): Manifest {
  if (text.length > MAX_CHARACTERS) throw new SynesisError("PLUGIN_INVALID", `package.json has more than ${MAX_CHARACTERS} characters.`);
  const result = packageJson.safeParse(parse(text));
  if (!result.success) {
    const [issue] = result.error.issues;
    const key = [...(issue?.path ?? []), ...(issue?.code === "unrecognized_keys" ? issue.keys.slice(0, 1) : [])].join(".");
    if (key === "name") throw new SynesisError("PLUGIN_INVALID", "package.json: a plugin's name begins with synesis-plugin- or a scope.");
    throw new SynesisError("PLUGIN_INVALID", `package.json: ${key || "the file"} ${describe(issue)}.`);
  }
  const { name, version, synesis: manifest } = result.data;
  const refuse = (why: string) => new SynesisError("PLUGIN_INVALID", `${name}: ${why}.`);
  if (manifest.text === "raw" && manifest.hosts.length > 0) throw refuse("it asks for raw text and for the network; no plugin has both");
  if (manifest.taps.includes("escalate") && manifest.text !== "redacted") throw refuse("a provider gets redacted text only");
  if (manifest.taps.includes("preRedact") && manifest.text !== "raw") throw refuse("a detector sees raw text, which it does not ask for");
  if (manifest.patterns && manifest.taps.length + manifest.provides.length + manifest.hosts.length > 0)
    throw refuse("a list of patterns taps, provides and sends nothing");
  const { provides, text: sees } = manifest;
  if (provides.includes("embedder") && sees !== "raw") throw refuse("an embedder sees raw text, which it does not ask for");
  if (provides.includes("generator") && sees !== "redacted") throw refuse("a generator gets redacted text only");
  if (provides.includes("knowledgeVault") && sees !== "raw") throw refuse("a store keeps raw text, which it does not ask for");
  if (manifest.worker && !isPlainAgent(manifest)) throw refuse("only an agent that sees tokens and has no network runs in a Worker");
  return { name, version, ...manifest };
}

function isPlainAgent({ taps, provides, text, hosts }: z.infer<typeof synesis>): boolean {
  return taps.join() === "agentVote" && provides.length + hosts.length === 0 && text === "redacted";
}

/** What a plugin asks for, a sentence a line, for the person who decides. */
export function asks(manifest: Manifest, trusted: boolean): string[] {
  return trusted ? [...asksOf(manifest), "It runs with all your rights: files, network, other programs."] : asksOf(manifest);
}

function asksOf({ text, taps, provides, hosts, veto, weight, patterns }: Manifest): string[] {
  if (patterns) return ["It says where secrets stand in a text, as data; none of its code is run with your text."];
  const TEXT = {
    raw: "It sees your text with all its values; it has no network.",
    redacted: "It sees your text with tokens in the place of secrets.",
    none: "It sees no text.",
  };
  const DOES: Record<HookName, string> = {
    preRedact: "It finds secrets that become tokens.",
    retrieve: "It chooses and orders the passages that answers are made of.",
    agentVote: `It votes on answers, with a weight of ${weight}.`,
    escalate: "It answers questions with a model elsewhere.",
    consensus: "It decides whether the votes make an answer.",
    bill: "It is told what questions cost.",
    reinflate: "It gives values back in answers.",
  };
  return [
    TEXT[text],
    ...taps.map((tap) => DOES[tap]),
    ...(provides.includes("embedder") ? ["It turns texts into vectors for the search."] : []),
    ...(provides.includes("generator") ? ["It writes what the agents think, when you choose it."] : []),
    ...(provides.includes("knowledgeVault") ? ["It keeps your documents and searches in them, when you choose it."] : []),
    ...(veto ? ["It may veto an answer."] : []),
    ...(hosts.length > 0 ? [`It sends redacted text to ${hosts.join(", ")}.`] : []),
  ];
}

/** What the plugin joins and provides from inside its sandbox. @throws SynesisError PLUGIN_INVALID for one that needs trust. */
export function sandboxedParts({ name, taps, provides }: Manifest): { hooks: SandboxedHook[]; services: SandboxedService[] } {
  const refuse = (does: string) =>
    new SynesisError("PLUGIN_INVALID", `${name} ${does}, which only a plugin that you trust may.`, {
      next: "Install it with --trust if you know its author: it then runs with all your rights.",
    });
  const tapped = taps.find((tap) => (TRUSTED_HOOKS as readonly string[]).includes(tap));
  if (tapped) throw refuse(`taps ${tapped}`);
  const provided = provides.find((service) => (TRUSTED_SERVICES as readonly string[]).includes(service));
  if (provided) throw refuse(`provides ${provided}`);
  return { hooks: taps as SandboxedHook[], services: provides as SandboxedService[] };
}

function describe(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "unrecognized_keys") return "is not a known setting";
  if (issue?.code === "invalid_type") return `must be of type ${issue.expected}`;
  if (issue?.code === "invalid_value") return `must be ${issue.values.map((value) => JSON.stringify(value)).join(" or ")}`;
  return "has a value that cannot be used";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SynesisError("PLUGIN_INVALID", "package.json is not valid JSON.");
  }
}
