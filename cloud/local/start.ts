/** The cloud on this machine: the Worker in workerd, a gateway before it, and stand-ins for what is paid for or outside. Nothing is kept. */
import { createTestHarness, type TestHarness } from "wrangler";
import type { CertifiedKey } from "../device-ca/certificate.ts";
import { type FakeAnthropic, startFakeAnthropic } from "../fakes/anthropic/server.ts";
import { type FakeMail, type SentMail, startFakeMail } from "../fakes/mail/server.ts";
import { FakeStripe } from "../fakes/stripe/server.ts";
import { type FakeVllm, startFakeVllm } from "../fakes/vllm/start.ts";
import { prepareLocalGateway } from "./gateway.ts";
import { type FakeProvider, startFakeProvider } from "./provider.ts";
import { withStoresInMemory } from "./stores-in-memory.ts";

const STRIPE_KEY = "sk_test_local";
const WEBHOOK_SECRET = "whsec_local";
const MAIL_SECRET = "mail_local";
const PROVIDER_KEY = "key_local";

export interface LocalCloud {
  readonly url: string;
  readonly server: TestHarness;
  readonly stripe: FakeStripe;
  readonly mail: FakeMail;
  readonly provider: FakeProvider;
  /** The provider that takes adapters. */
  readonly vllm: FakeVllm;
  readonly anthropic: FakeAnthropic;
  readonly webhookSecret: string;
  /** Who signs devices' certificates here. */
  readonly deviceCa: CertifiedKey;
  /** HOST:PORT of the gateway, when there is one. */
  readonly gateway: string | undefined;
  close(): Promise<void>;
}

/** What is sent something: by the gateway the Worker, by the Worker the others. */
export type Part = "worker" | "openai" | "anthropic" | "vllm" | "stripe" | "mail";

export interface LocalCloudOptions {
  /** Settings of wrangler.jsonc that differ here. */
  readonly vars?: Readonly<Record<string, string>>;
  /** How the stand-ins for providers behave, by model; those of one model are asked in turn. */
  readonly models?: Readonly<Record<string, readonly string[]>>;
  /** Whether there is a gateway: QUIC and HTTP/2 on a free port of this machine. */
  readonly gateway?: boolean;
  readonly onMail?: (mail: SentMail) => void;
  /** A folder into which each mail is dropped as a file. */
  readonly mailFolder?: string | undefined;
  /** Gives the address by which others are to reach a part, such as that of somebody who keeps what is sent to it. */
  readonly between?: (part: Part, url: string) => Promise<string>;
  /** The Worker's configuration, where it is another than wrangler.jsonc. */
  readonly configPath?: string | URL;
  /** Whether this cloud has an index for what is shared; it does unless this says no. */
  readonly sharedIndex?: boolean;
  /** Whether its stores wait for the disk. Nothing is kept, so they do not unless this says so; see withStoresInMemory. */
  readonly onDisk?: boolean;
}

// Miniflare would ask Cloudflare where in the world it is.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] ??= "false";
// It would also keep traces that nobody here looks at, with two writes to the disk for each request.
process.env["X_LOCAL_OBSERVABILITY"] ??= "false";

/** Adapters that the stand-in for a server of models holds at a time. */
const ADAPTER_SLOTS = 2;
const CONFIG = new URL("../worker/wrangler.jsonc", import.meta.url);
/** The stand-in for Vectorize and for the model of embeddings. */
export const INDEX = "shared-index-stand-in";
const INDEX_CONFIG = new URL("../fakes/vectorize/wrangler.jsonc", import.meta.url);
const MODELS = { "claude-sonnet": ["council"], "claude-opus": ["council"], "gpt-4-turbo": ["council"], "llama-3.3-70b": ["council"] };

export async function startLocalCloud({
  vars = {},
  models = MODELS,
  gateway: withGateway = false,
  onMail,
  mailFolder,
  between = async (_, url) => url,
  configPath = CONFIG,
  sharedIndex = true,
  onDisk = false,
}: LocalCloudOptions = {}): Promise<LocalCloud> {
  const stripe = new FakeStripe({ secretKey: STRIPE_KEY });
  const mail = await startFakeMail(MAIL_SECRET, { onMail, folder: mailFolder });
  const provider = await startFakeProvider();
  const anthropic = await startFakeAnthropic({ key: PROVIDER_KEY, writer: provider.url });
  const reach = { openai: await between("openai", provider.url), anthropic: await between("anthropic", anthropic.url) };
  const providers = Object.entries(models).flatMap(([model, behaviours]) =>
    behaviours.map((name) => {
      const [kind, url] = model.startsWith("claude-")
        ? (["anthropic", reach.anthropic] as const)
        : (["openai-compatible", reach.openai] as const);
      return { kind, name, baseUrl: `${url}/${name}/v1`, models: { [model]: model } };
    }),
  );
  const gateway = await prepareLocalGateway();
  const vllm = await startFakeVllm(`${provider.url}/council/v1`, ADAPTER_SLOTS);
  const taking = {
    name: "vllm",
    baseUrl: `${await between("vllm", vllm.url)}/v1`,
    models: { "llama-3.3-70b": "meta-llama/Llama-3.3-70B-Instruct" },
    adapters: { kind: "load", path: "/adapters/{folder}", slots: ADAPTER_SLOTS },
  };
  const all = [...providers, taking];
  const settings = {
    ...gateway.settings,
    STRIPE_BASE_URL: await between("stripe", await stripe.listen()),
    STRIPE_METER_ID: "mtr_local",
    STRIPE_PRICE_ID: "price_local",
    PUBLIC_URL: "",
    MAIL_URL: await between("mail", mail.url),
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    MAIL_SECRET,
    PROVIDERS: JSON.stringify(all),
    PROVIDER_KEYS: JSON.stringify(Object.fromEntries(all.map(({ name }) => [name, PROVIDER_KEY]))),
  };
  const main = { configPath, vars: { ...settings, ...vars }, ...(sharedIndex && { bindingOverrides: { VECTORIZE: INDEX, AI: INDEX } }) };
  const server = createTestHarness({ workers: [main, ...(sharedIndex ? [{ configPath: INDEX_CONFIG }] : [])] });
  const { url } = await (onDisk ? server.listen() : withStoresInMemory(() => server.listen()));
  await server.getWorker().applyD1Migrations("DATABASE");
  stripe.webhooks = { url: new URL("/v1/webhooks/stripe", url).href, secret: WEBHOOK_SECRET };
  if (withGateway) await gateway.start(new URL(await between("worker", url.href)));
  const close = async () => {
    await gateway.close();
    await server.close();
    await Promise.all([stripe.close(), mail.close(), anthropic.close(), provider.close(), vllm.close()]);
  };
  const deviceCa = { cert: gateway.settings.DEVICE_CA_CERT, key: gateway.settings.DEVICE_CA_KEY };
  const parts = { deviceCa, server, stripe, mail, provider, anthropic, vllm, webhookSecret: WEBHOOK_SECRET };
  return { url: url.origin, gateway: withGateway ? gateway.address : undefined, ...parts, close };
}
