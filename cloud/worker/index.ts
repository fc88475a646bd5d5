/** The Worker: its HTTP interface and its Durable Objects. */
import { createApp } from "./app.ts";

export { BillingLedger } from "./ledger/billing-ledger.object.ts";
export { SessionState } from "./sessions/session-state.object.ts";
export { CloudSynapse } from "./synapse/cloud-synapse.object.ts";

export default createApp();
