/** The Worker: its HTTP interface and its Durable Objects. */
import { discardExpired } from "./adapters/uploads.ts";
import { createApp } from "./app.ts";
import { clearClosed } from "./closed-users.ts";
import type { Env } from "./env.ts";
import { type IndexJob, settleUndone, takeJobs } from "./knowledge/settle.ts";

export { UploadParts } from "./adapters/upload-parts.object.ts";
export { BillingLedger } from "./ledger/billing-ledger.object.ts";
export { ProjectLive } from "./projects/project-live.object.ts";
export { SessionState } from "./sessions/session-state.object.ts";
export { AdapterSlots } from "./synapse/adapters/adapter-slots.object.ts";
export { CloudSynapse } from "./synapse/cloud-synapse.object.ts";

const app = createApp();

export default {
  fetch: app.fetch,
  async scheduled(_controller, env) {
    const now = Date.now();
    // What fails of these does not keep the others from being done; it is tried again in an hour.
    const [first] = (await Promise.allSettled([discardExpired(env, now), clearClosed(env, now), settleUndone(env, now)])).filter(
      ({ status }) => status === "rejected",
    );
    if (first?.status === "rejected") throw first.reason;
  },
  queue: takeJobs,
} satisfies ExportedHandler<Env, IndexJob>;
