/** The account that receipts belong to, and the cloud as that account sees it. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal } from "../../../plugins/account/index.ts";
import type { Statement, UsageCloud } from "../../../plugins/billing/index.ts";
import { loadDevice } from "../../../plugins/tunnel/device-store.ts";
import type { Config } from "../config.ts";
import { credentialsOf, openCloudApi } from "./account.ts";

/** Names the account at its cloud: by its user where the device says who that is, else by the key. Undefined when nobody is signed in. */
export function cloudAccount(home: string, config: Config): string | undefined {
  if (config.cloud.api === "") return undefined;
  const api = new URL(config.cloud.api).origin;
  const key = credentialsOf(home, config).idFor(api);
  if (!key) return undefined;
  const device = key.kept ? loadDevice(home) : undefined;
  return `${api} ${device ? `user ${device.userId}` : `key ${key.id}`}`;
}

const amount = z.int();
export const balanceForm = z.object({
  tier: z.string(),
  unbilled: amount,
  credits: amount,
  ceiling: amount,
  owed: amount,
  held: amount,
  free: z.object({ limit: amount, used: amount }),
  unpaid: z._default(z.array(z.object({ amount, page: z.nullable(z.url({ protocol: /^https?$/ })) })), []),
});
const requestForm = z.looseObject({ state: z.enum(["open", "settled", "unknown"]) });
const settledForm = z.object({ at: amount, model: z.string(), tokensIn: amount, tokensOut: amount, cost: amount, charge: amount });
const settled = z.object({ counted: z.array(z.string()), tooOld: z.array(z.string()), unknown: z.array(z.string()) });

/** @throws SynesisError CLOUD_* */
export function openUsageCloud(home: string, config: Config): UsageCloud {
  const account = cloudAccount(home, config);
  if (account === undefined) throw new SynesisError("CLOUD_NOT_SIGNED_IN");
  return usageCloud(openCloudApi(home, config), account);
}

export function usageCloud(api: CloudApi, account: string): UsageCloud {
  return {
    account,
    async send(events, signal) {
      const idempotencyKey = events[0]?.id ?? ""; // each event is counted once by its own id, so that repeating is safe
      try {
        return await api.post("/v1/billing/events", { body: { events }, schema: settled, signal, idempotencyKey });
      } catch (error) {
        if (error instanceof CloudRefusal && (error.status === 400 || error.status === 422)) return { refused: error.cloudCode };
        throw error;
      }
    },
    async request(id, signal) {
      const { state, ...found } = await api.get(`/v1/billing/requests/${encodeURIComponent(id)}`, { schema: requestForm, signal });
      if (state !== "settled") return { state };
      const { at, model, tokensIn, tokensOut, cost, charge } = settledForm.parse(found);
      return { state, at, model, tokens: { in: tokensIn, out: tokensOut }, nanoDollars: cost, chargeNanoDollars: charge };
    },
    async statement(signal) {
      const at = Date.now();
      return statementAt(at, await api.get("/v1/billing/balance", { schema: balanceForm, signal }));
    },
  };
}

export function statementAt(at: number, { tier, owed, credits }: z.infer<typeof balanceForm>): Omit<Statement, "account"> {
  return { at, tier, owed, credits };
}
