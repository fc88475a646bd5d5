/** The settings: config.json in the home folder, checked against one schema, with defaults for what is absent. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { SynesisError } from "../../kernel/index.ts";
import { ruleFault } from "../../pipeline/never-cloud.ts";
import { describeIssue } from "../../pipeline/text/issue.ts";
import { isOwnMachine } from "../../plugins/generator-openai/own-machine.ts";
import { patternForm } from "../../plugins/privacy/patterns/pattern-form.ts";

const weight = z.number().check(z.gte(0), z.lte(100));

const council = z.strictObject({
  threshold: z._default(z.number().check(z.gte(0), z.lte(1), z.describe("Agreement needed before an answer is shown.")), 0.85),
  rounds: z._default(z.int().check(z.gte(1), z.lte(3), z.describe("Rounds of deliberation at most.")), 3),
  quorum: z._default(
    z.int().check(z.gte(1), z.lte(100), z.describe("Agents that must have voted for an answer, abstentions not counted.")),
    2,
  ),
  deadlineSeconds: z._default(
    z
      .number()
      .check(z.gte(1), z.lte(3600), z.describe("An agent that takes longer is left out of that step; without Ethos there is no answer.")),
    120,
  ),
  consensus: z._default(
    z
      .enum(["weighted", "majority", "ranked", "best-of"])
      .check(z.describe("How votes become a verdict: weighted mean, majority, weighted median, or the best draft in Logos's own opinion.")),
    "weighted",
  ),
  weights: z._default(z.record(z.string(), weight).check(z.describe("Weight of an agent's vote, by the agent's name.")), {}),
});
const retrieval = z.strictObject({
  topK: z._default(z.int().check(z.gte(1), z.lte(100), z.describe("Passages considered for a question.")), 8),
});
const index = z
  .strictObject({
    maxFileMiB: z._default(z.int().check(z.gte(1), z.lte(1024), z.describe("Larger files are skipped, in MiB.")), 50),
    chunker: z._default(
      z
        .enum(["sentence", "paragraph", "tokens"])
        .check(
          z.describe(
            "How documents are cut into passages, always within a heading: paragraphs joined or cut between sentences, each paragraph alone, or a number of tokens. A change cuts anew at the next `knowledge add`.",
          ),
        ),
      "sentence",
    ),
    chunkTokens: z._default(
      z.int().check(z.gte(64), z.lte(4096), z.describe("Tokens of a passage at most, where the chunker is tokens.")),
      512,
    ),
    chunkOverlap: z._default(
      z
        .int()
        .check(
          z.gte(0),
          z.lte(2048),
          z.describe("Tokens that a passage has in common with the one before, where the chunker is tokens; at most half of chunkTokens."),
        ),
      64,
    ),
  })
  .check(
    z.refine(({ chunkTokens, chunkOverlap }) => chunkOverlap <= chunkTokens / 2, {
      path: ["chunkOverlap"],
      error: "it must be at most half of index.chunkTokens",
    }),
  );

const embeddings = z.strictObject({
  model: z._default(
    z
      .string()
      .check(
        z.describe(
          "The folder of an ONNX encoder, whole or below models/ in the data folder; the model that comes with SuperInstance when empty. After a change the next `knowledge add` embeds anew.",
        ),
      ),
    "",
  ),
});

/** @param keys where a key belongs instead */
const withoutPassword = (keys: string) =>
  z.refine<string>(hasNoPassword, { error: `it must be an address without a user's name and password; ${keys}` });

function hasNoPassword(text: string): boolean {
  const url = URL.parse(text);
  return !url?.username && !url?.password;
}

const address = (description: string, keys: string) =>
  z.string().check(
    z.refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ""), { error: "it must be an address with http:// or https://" }),
    withoutPassword(keys),
    z.describe(description),
  );

const generator = z.strictObject({
  kind: z._default(
    z
      .enum(["embedded", "openai-compatible", "llama"])
      .check(z.describe("What writes the text: nothing, a server, or a model file run here.")),
    "embedded",
  ),
  model: z._default(z.string().check(z.describe("The model: a name that the server knows, or one of `synesis model list`.")), ""),
  lora: z._default(
    z
      .string()
      .check(
        z.regex(/^(?:[A-Za-z0-9][\w.-]{0,63})?$/, { error: "it must be an adapter's name" }),
        z.describe("The adapter to think with: one of `synesis lora list`, or a name that the server knows. None when empty."),
      ),
    "",
  ),
  baseUrl: z._default(
    address("Address of the server's interface, up to and with /v1.", "put the key into the variable that generator.apiKeyVariable names"),
    "http://localhost:11434/v1",
  ),
  apiKeyVariable: z._default(
    z.string().check(
      // A key that is pasted here by mistake is not written down.
      z.regex(/^\w{0,64}$/, { error: "it must be a variable's name: letters, digits and underscores" }),
      z.describe("Name of the environment variable that holds the server's key; the key itself is never kept."),
    ),
    "SYNESIS_GENERATOR_KEY",
  ),
  context: z._default(
    z.int().check(z.gte(256), z.lte(1_048_576), z.describe("Tokens that a request and its answer may have together.")),
    4096,
  ),
  cache: z._default(
    z.boolean().check(z.describe("Keep what a model wrote, and give it again for the same request instead of asking anew.")),
    false,
  ),
  timeoutSeconds: z._default(
    z
      .int()
      .check(
        z.gte(1),
        z.lte(3600),
        z.describe("Silence of a model's server before its first word after which it is given up, in seconds."),
      ),
    120,
  ),
  stallSeconds: z._default(
    z
      .int()
      .check(
        z.gte(1),
        z.lte(3600),
        z.describe(
          "Silence in the middle of an answer after which a model's server is given up, in seconds; also of a plugin that writes and waits for no server.",
        ),
      ),
    30,
  ),
});
const models = z.strictObject({
  hub: z._default(address("Where models are downloaded from.", "models are downloaded without one"), "https://huggingface.co"),
  connections: z._default(z.int().check(z.gte(1), z.lte(16), z.describe("Connections of one download.")), 4),
});

const list = z.array(z.string().check(z.minLength(1), z.maxLength(4_096)));
const privacy = z.strictObject({
  actions: z._default(
    z
      .record(z.string(), z.enum(["tokenise", "mask", "block", "allow"]))
      .check(
        z.describe(
          "What is done with a kind of value, by type: tokenise (given back later), mask (never given back, not kept), block (the text is refused), allow (left readable).",
        ),
      ),
    {},
  ),
  allow: z._default(list.check(z.describe("Values that are left readable, in any letter case, such as your company's own name.")), []),
  patterns: z._default(z.array(patternForm).check(z.describe("Patterns of your own, in the form of a pattern pack's.")), []),
  packs: z._default(
    list.check(
      z.describe("Files with pattern packs, besides those in the data folder's `patterns/`; relative paths start in the data folder."),
    ),
    [],
  ),
  neverCloud: z._default(
    z
      .array(z.string().check(z.superRefine((rule, context) => report(ruleFault(rule), context))))
      .check(
        z.describe(
          "Files and folders whose text is never sent: absolute paths, or names that may stand anywhere in a path, with wildcards.",
        ),
      ),
    [],
  ),
  expireAfterDays: z._default(
    z
      .number()
      .check(z.gte(0), z.lte(36_500), z.describe("Sessions of tokens that were not used for so many days are forgotten; 0 keeps them.")),
    0,
  ),
  keyStore: z._default(
    z
      .enum(["auto", "keychain", "file"])
      .check(
        z.describe(
          "Where new keys are kept, the token vault's and the cloud's: the system's keychain, a file, or the keychain where there is one. `synesis vault move` moves the vault's key.",
        ),
      ),
    "auto",
  ),
});

function report(fault: string | undefined, context: { addIssue(message: string): void }): void {
  if (fault) context.addIssue(fault);
}

/** Plain http is for the cloud on one's own machine: a key crosses no network readable. */
function apiFault(text: string): string | undefined {
  const url = text === "" ? undefined : URL.parse(text);
  if (url === undefined) return undefined;
  if (!hasNoPassword(text)) return "it must be an address without a user's name and password; sign in with `synesis cloud login`";
  if (url?.protocol !== "https:" && !(url?.protocol === "http:" && isOwnMachine(text))) return "it must be an address with https://";
  return url.href === `${url.origin}/` ? undefined : "it must be an address of a host alone, without a path";
}

const cloud = z.strictObject({
  api: z._default(
    z.string().check(
      z.superRefine((text, context) => report(apiFault(text), context)),
      z.describe("The cloud's address, with https://; empty where there is none. What `synesis cloud login` signs in to."),
    ),
    "",
  ),
  gateway: z._default(
    z.string().check(
      z.regex(/^$|^[\w.-]+:\d{1,5}$/, { error: "it must be HOST:PORT" }),
      z.refine((text) => Number(text.split(":")[1] ?? 1) <= 65_535, { error: "its port must be at most 65535" }),
      z.describe("The cloud's gateway, as HOST:PORT; empty where there is none."),
    ),
    "",
  ),
  link: z._default(
    z
      .enum(["auto", "quic", "h2", "https"])
      .check(
        z.describe(
          "How the cloud is reached: QUIC to the gateway, HTTP/2 as the second choice and HTTPS without a gateway as the third; or one of them alone.",
        ),
      ),
    "auto",
  ),
  pins: z._default(
    z.array(z.string()).check(z.describe("SHA-256 of the gateway's public key, base64; when there are any, no other gateway is trusted.")),
    [],
  ),
  datagramBytes: z._default(
    z.int().check(z.gte(1200), z.lte(65_000), z.describe("Bytes of a QUIC datagram; more is faster where the whole way carries it.")),
    1350,
  ),
  heartbeatSeconds: z._default(z.int().check(z.gte(5), z.lte(3600), z.describe("Time between two signs of life, in seconds.")), 30),
  presence: z._default(
    z
      .boolean()
      .check(
        z.describe("Whether commands that run on send signs of life to the account that this machine is signed in to; to nobody else."),
      ),
    true,
  ),
  vitals: z._default(z.boolean().check(z.describe("Whether a sign of life tells how busy this machine is; never what with.")), true),
});

const cents = z.int().check(z.gte(0), z.lte(100_000_000));
const billing = z.strictObject({
  syncSeconds: z._default(
    z
      .int()
      .check(z.gte(0), z.lte(604_800), z.describe("The cloud is told of what your own key paid when that has waited so long, in seconds.")),
    300,
  ),
  syncCents: z._default(cents.check(z.describe("Or when it has cost so many cents.")), 10),
  ceilingCents: z._default(
    cents.check(z.describe("What you may owe the cloud, in cents, before nothing more is sent; 0 for the cloud's own ceiling alone.")),
    0,
  ),
});

/** What there would be no answer without. */
const NEEDED = "it can switch off pathos and what is installed; everything else is needed";
const chosen = (description: string) => z._default(z.string().check(z.maxLength(214), z.describe(description)), "");
const plugins = z.strictObject({
  disabled: z._default(
    z
      .array(z.string().check(z.regex(/^(?:pathos|synesis-plugin-.{1,199}|@.{1,213})$/, { error: NEEDED })))
      .check(z.describe("Plugins that are switched off, by name: installed ones, or pathos.")),
    [],
  ),
  embedder: chosen(
    "The plugin that turns texts into vectors; the installed one when empty, and embeddings, the built-in one, where none is.",
  ),
  generator: chosen("The installed plugin that writes what agents think, in the place of generator.kind; none when empty."),
  provider: chosen(
    "The installed plugin that answers what the council cannot, in the place of escalation.provider; when empty, whom that names, and where no cloud is set up either, all that are installed, in turn.",
  ),
  store: chosen("The installed plugin that keeps documents and searches in them; the built-in one when empty."),
  settings: z._default(
    z
      .record(z.string(), z.record(z.string(), z.unknown()))
      .check(z.describe("Settings of installed plugins, by the plugin's name; `synesis plugins inspect NAME` shows what can be set.")),
    {},
  ),
});

const capCents = (what: string) =>
  z._default(z.number().check(z.gte(0), z.lte(1_000_000), z.describe(`What ${what} may cost at most, in cents; 0 for no limit.`)), 0);
const dollars = (what: string) =>
  z._default(
    z
      .number()
      .check(
        z.gte(0),
        z.lte(100_000),
        z.describe(`Dollars for a million tokens that the model ${what}; 0 takes the list price, where it is known.`),
      ),
    0,
  );

const escalation = z.strictObject({
  provider: z._default(
    z
      .enum(["cloud", "anthropic", "openai", "openai-compatible"])
      .check(
        z.describe(
          "Who is asked where the council did not agree: the cloud, which bills you, or a provider straight from this machine with your own key.",
        ),
      ),
    "cloud",
  ),
  model: z._default(
    z
      .string()
      .check(z.minLength(1), z.maxLength(200), z.describe("The model to ask: auto, sonnet, opus, gpt, or a name that the provider knows.")),
    "auto",
  ),
  baseUrl: z._default(
    z.string().check(
      z.refine((text) => text === "" || /^https?:$/.test(URL.parse(text)?.protocol ?? ""), {
        error: "it must be an address with http:// or https://",
      }),
      withoutPassword("keep the key with `synesis model key`, or in the environment"),
      z.describe("Address of the provider's interface, for OpenAI's form up to and with /v1; the provider's own when empty."),
    ),
    "",
  ),
  apiKeyVariable: z._default(
    z
      .string()
      .check(
        z.regex(/^\w{0,64}$/, { error: "it must be a variable's name: letters, digits and underscores" }),
        z.describe(
          "Name of the environment variable that holds your key; ANTHROPIC_API_KEY, OPENAI_API_KEY or SYNESIS_PROVIDER_KEY when empty. The key itself is never kept.",
        ),
      ),
    "",
  ),
  maxTokens: z._default(z.int().check(z.gte(64), z.lte(64_000), z.describe("Tokens of an answer at most.")), 2048),
  timeoutSeconds: z._default(
    z.int().check(z.gte(1), z.lte(3600), z.describe("Silence after which a provider is given up, in seconds.")),
    120,
  ),
  price: z.prefault(z.strictObject({ in: dollars("reads"), out: dollars("writes") }), {}),
  caps: z.prefault(
    z.strictObject({ questionCents: capCents("a question"), dayCents: capCents("a day"), monthCents: capCents("a calendar month") }),
    {},
  ),
  agreed: z._default(list.check(z.describe("Providers that you agreed to send redacted text to, by host; the others ask first.")), []),
});

const schema = z.strictObject({
  council: z.prefault(council, {}),
  routing: z._default(
    z
      .enum(["local", "cloud", "ask"])
      .check(z.describe("What happens where the council is not sure: nothing, a model elsewhere is asked, or you are asked.")),
    "local",
  ),
  retrieval: z.prefault(retrieval, {}),
  index: z.prefault(index, {}),
  embeddings: z.prefault(embeddings, {}),
  generator: z.prefault(generator, {}),
  models: z.prefault(models, {}),
  privacy: z.prefault(privacy, {}),
  plugins: z.prefault(plugins, {}),
  cloud: z.prefault(cloud, {}),
  billing: z.prefault(billing, {}),
  escalation: z.prefault(escalation, {}),
});

export type Config = z.infer<typeof schema>;

/** The JSON Schema of config.json, as it is published. */
export function configSchema(): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: "input" });
}

/** What every setting is when nothing is set. */
export function defaultConfig(): Config {
  return check({});
}

/** @throws SynesisError CONFIG_INVALID, naming the first key that is wrong. */
export function loadConfig(home: string): Config {
  return check(readOverrides(home));
}

/** Every setting with its value, by dotted key. */
export function flatten(config: Config): Record<string, unknown> {
  const flat: Record<string, unknown> = {};
  const visit = (value: unknown, key: string) => {
    const group = typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;
    if (!group) flat[key] = value;
    else for (const [name, inner] of Object.entries(value)) visit(inner, key ? `${key}.${name}` : name);
  };
  visit(config, "");
  return flat;
}

/** One setting, or a group of them, by dotted key. */
export function getSetting(config: Config, key: string): unknown {
  let value: unknown = config;
  for (const part of parseKey(key)) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, part))
      throw new SynesisError("CONFIG_KEY_UNKNOWN", `(${key})`);
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** Changes one setting and keeps the file valid; `text` is read as JSON where it is JSON, else as a string. */
export function setSetting(home: string, key: string, text: string): Config {
  const { config, save } = prepareSetting(home, key, text);
  save();
  return config;
}

/** The settings as a change would make them, and what writes it down. */
export function prepareSetting(home: string, key: string, text: string): { readonly config: Config; save(): void } {
  const overrides = readOverrides(home);
  const parts = parseKey(key);
  let group = overrides;
  for (const part of parts.slice(0, -1)) {
    const inner = Object.hasOwn(group, part) ? group[part] : {};
    if (typeof inner !== "object" || inner === null) throw new SynesisError("CONFIG_KEY_UNKNOWN", `(${key})`);
    group = group[part] = inner as Record<string, unknown>;
  }
  group[parts.at(-1) as string] = parseValue(text);
  const config = check(overrides);
  return { config, save: () => writeAtomically(configFile(home), `${JSON.stringify(overrides, null, 2)}\n`) };
}

function configFile(home: string): string {
  return join(home, "config.json");
}

function readOverrides(home: string): Record<string, unknown> {
  let text: string;
  try {
    if (!statSync(configFile(home)).isFile()) throw new SynesisError("CONFIG_INVALID", `${configFile(home)} is not a file.`);
    text = readFileSync(configFile(home), "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return {};
    throw new SynesisError("HOME_UNUSABLE", `(${configFile(home)})`, { cause: error });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new SynesisError("CONFIG_INVALID", `${configFile(home)} is not a JSON object.`, {
    next: "Correct the file, or remove it to start from the defaults.",
  });
}

function check(overrides: unknown): Config {
  const result = schema.safeParse(overrides);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (issue?.code === "unrecognized_keys") throw new SynesisError("CONFIG_KEY_UNKNOWN", `(${[...issue.path, issue.keys[0]].join(".")})`);
  throw new SynesisError("CONFIG_INVALID", `${issue?.path.join(".") || "The file"}: ${describeIssue(issue)}.`);
}

function parseKey(key: string): string[] {
  const parts = key.split(".");
  if (parts.some((part) => !/^(?:@[\w~-]{1,100}\/)?[A-Za-z][\w-]{0,63}$/.test(part) || part === "constructor"))
    throw new SynesisError("CONFIG_KEY_UNKNOWN", `(${key.slice(0, 80)})`);
  return parts;
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function writeAtomically(file: string, text: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}.tmp`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    throw new SynesisError((error as NodeJS.ErrnoException).code === "ENOSPC" ? "DISK_FULL" : "HOME_UNUSABLE", `(${file})`, {
      cause: error,
    });
  }
}
