import type { UploadParts } from "./adapters/upload-parts.object.ts";
import type { Principal } from "./auth/scopes.ts";
import type { IndexJob } from "./knowledge/settle.ts";
import type { EmbeddingBinding, IndexBindings } from "./knowledge/shared-index.ts";
import type { BillingLedger } from "./ledger/billing-ledger.object.ts";
import type { StripeSettings } from "./payments/stripe.ts";
import type { ProjectLive } from "./projects/project-live.object.ts";
import type { SessionState } from "./sessions/session-state.object.ts";
import type { OwnProject } from "./store/projects.ts";
import type { AdapterSlots } from "./synapse/adapters/adapter-slots.object.ts";
import type { CloudSynapse } from "./synapse/cloud-synapse.object.ts";
import type { ProviderSettings } from "./synapse/providers/providers.ts";
import type { AiBinding } from "./synapse/providers/workers-ai.ts";

/** What the Worker is given by its platform: wrangler.jsonc names the bindings; those in capitals with KEY or SECRET are secrets. */
export interface Env extends StripeSettings, ProviderSettings, IndexBindings {
  readonly AI?: AiBinding & EmbeddingBinding;
  /** Carries the work on what is shared; without it, that is done at once. */
  readonly INDEX_QUEUE?: Queue<IndexJob>;
  readonly DATABASE: D1Database;
  /** Adapters of models. */
  readonly LORAS: R2Bucket;
  readonly BILLING_LEDGER: DurableObjectNamespace<BillingLedger>;
  readonly SESSION_STATE: DurableObjectNamespace<SessionState>;
  readonly CLOUD_SYNAPSE: DurableObjectNamespace<CloudSynapse>;
  readonly UPLOAD_PARTS: DurableObjectNamespace<UploadParts>;
  readonly ADAPTER_SLOTS: DurableObjectNamespace<AdapterSlots>;
  readonly PROJECT_LIVE: DurableObjectNamespace<ProjectLive>;
  /** Requests of one user, and of one address that nobody has signed in from. */
  readonly USER_LIMIT: RateLimit;
  /** Parts of adapters that one user sends. */
  readonly PART_LIMIT: RateLimit;
  readonly ADDRESS_LIMIT: RateLimit;
  /** Adapters that one user has loaded before they are asked with. */
  readonly WARM_LIMIT: RateLimit;
  /** Where the Worker is reached, without a slash at its end. Empty on one's own machine alone: then the request says it. */
  readonly PUBLIC_URL: string;
  /** The gateway's public key: Ed25519, DER (SPKI) in base64. Empty: no gateway is known. */
  readonly GATEWAY_KEY: string;
  /** The CA of devices: its certificate, and its key, a secret; PEM. Empty: no device gets a certificate. */
  readonly DEVICE_CA_CERT: string;
  readonly DEVICE_CA_KEY: string;
  /** What gateways' certificates lead to, PEM. Empty: the CA of devices signs them too. */
  readonly GATEWAY_CA_CERT: string;
  /** Where devices find a gateway, HOST:PORT. */
  readonly GATEWAY_ADDRESS: string;
  /** One of mail.ts's services; `json` takes a mail as it is. */
  readonly MAIL_SERVICE: string;
  /** Where that service is, if it is not where it usually is. */
  readonly MAIL_URL: string;
  /** Whom mails are from, where the service wants to be told. */
  readonly MAIL_FROM: string;
  readonly MAIL_SECRET: string;
  /** How long a question waits for its approval; a whole number. */
  readonly APPROVAL_SECONDS: string;
}

/** What hono's handlers see. */
export interface AppEnv {
  Bindings: Env;
  Variables: { principal: Principal; requestId: string; publicUrl: string; project: OwnProject };
}

export const ledgerOf = (env: Env, userId: string) => env.BILLING_LEDGER.getByName(userId);
export const synapseOf = (env: Env, userId: string) => env.CLOUD_SYNAPSE.getByName(userId);
export const liveOf = (env: Env, projectId: string) => env.PROJECT_LIVE.getByName(projectId);
