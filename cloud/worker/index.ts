/** The Worker: its HTTP interface and its Durable Objects. */
import { discardExpired } from "./adapters/uploads.ts";
import { createApp } from "./app.ts";
import type { Env } from "./env.ts";

export { UploadChecksum } from "./adapters/upload-checksum.object.ts";
export { BillingLedger } from "./ledger/billing-ledger.object.ts";
export { ProjectLive } from "./projects/project-live.object.ts";
export { SessionState } from "./sessions/session-state.object.ts";
export { AdapterSlots } from "./synapse/adapters/adapter-slots.object.ts";
export { CloudSynapse } from "./synapse/cloud-synapse.object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    await discardExpired(env, Date.now());
  },
} satisfies ExportedHandler<Env>;
