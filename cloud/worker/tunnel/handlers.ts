/** Who answers what comes through the tunnel. What a handler does is what the REST routes do; here are only the forms. */
import { Tier } from "../../wire/generated/cloud_pb.js";
import type { InitOf, MessageOf } from "../../wire/messages.ts";
import { OLDEST_PROTOCOL_VERSION, PROTOCOL_VERSION, type REQUESTS, type RequestName } from "../../wire/requests.ts";
import type { Principal, Scope } from "../auth/scopes.ts";
import { renew } from "../devices/certify.ts";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { DeviceUsage, recordDeviceUsage } from "../ledger/device-usage.ts";
import { warmAdapter } from "../synapse/adapters/warm.ts";
import { escalate } from "./escalation.ts";

/** One request of somebody who may make it. */
export interface TunnelCall<N extends RequestName> {
  readonly env: Env;
  readonly principal: Principal;
  readonly message: MessageOf<N>;
  /** "" when there is none. */
  readonly idempotencyKey: string;
  /** Where the Worker is reached, without a slash at its end. */
  readonly publicUrl: string;
}

interface Handler<N extends RequestName> {
  readonly scope: Scope;
  /** The answer, or frames as they come. @throws CloudError */
  answer(call: TunnelCall<N>): Promise<InitOf<(typeof REQUESTS)[N]["answer"]> | ReadableStream<Uint8Array>>;
}

const TIERS = { free: Tier.FREE, managed: Tier.MANAGED, byok: Tier.BYOK } as const;
/** Requests at once of one device that has no gateway, and bytes of one. */
const MAX_STREAMS = 32;
const MAX_REQUEST_BYTES = 1024 * 1024;

/** What whole files, and projects, are brought by: the same device has a key for it. */
async function byRest(): Promise<never> {
  throw new CloudError("not_in_tunnel");
}

export const HANDLERS: { readonly [N in RequestName]: Handler<N> } = {
  hello: {
    scope: "ask",
    async answer({ principal, message: { protocol, oldestProtocol, deviceId } }) {
      if (oldestProtocol > PROTOCOL_VERSION || protocol < OLDEST_PROTOCOL_VERSION)
        throw new CloudError("version_unknown", `Versions ${OLDEST_PROTOCOL_VERSION} to ${PROTOCOL_VERSION}.`);
      if (principal.deviceId !== undefined && principal.deviceId !== deviceId) throw new CloudError("forbidden", "It is another device.");
      const limits = { maxStreams: MAX_STREAMS, maxRequestBytes: MAX_REQUEST_BYTES };
      return { protocol: Math.min(protocol, PROTOCOL_VERSION), deviceId, userId: principal.userId, ...limits };
    },
  },
  heartbeat: {
    scope: "ask",
    answer: async ({ message: { sequence } }) => ({ sequence, receivedUnixMs: BigInt(Date.now()) }),
  },
  prewarmSignal: {
    scope: "ask",
    async answer({ env, principal: { userId }, message: { projectId, loraId } }) {
      // Loading costs nothing that is billed, and may crowd out what others had loaded.
      if (!(await env.WARM_LIMIT.limit({ key: userId })).success) throw new CloudError("rate_limited");
      return { warmed: await warmAdapter(env, userId, { projectId: projectId || undefined, adapterId: loraId || undefined }) };
    },
  },
  escalationRequest: { scope: "ask", answer: escalate },
  usageSyncRequest: {
    scope: "ask",
    async answer({ env, principal: { userId }, message }) {
      const events = message.events.map(({ id, atUnixMs, model, tokens }) => ({
        id,
        at: Number(atUnixMs),
        model,
        tokens: { in: tokens?.prompt ?? 0, out: tokens?.completion ?? 0 },
      }));
      const { data } = DeviceUsage.safeParse({ events });
      if (!data) throw new CloudError("invalid_request", "events");
      const { counted, tooOld, unknown } = await recordDeviceUsage(env, userId, data);
      const { unbilled, credits, ceiling, tier } = await ledgerOf(env, userId).balance();
      return {
        countedIds: counted,
        tooOldIds: tooOld,
        unknownIds: unknown,
        unbilledNanoDollars: BigInt(unbilled),
        creditsNanoDollars: BigInt(credits),
        ceilingNanoDollars: BigInt(ceiling),
        tier: TIERS[tier],
      };
    },
  },
  loraRequest: { scope: "ask", answer: byRest },
  collaborationRequest: { scope: "ask", answer: byRest },
  renewalRequest: {
    scope: "ask",
    async answer({ env, principal: { userId, deviceId }, message: { request } }) {
      if (deviceId === undefined) throw new CloudError("forbidden", "Only a device behind a gateway renews its own certificate here.");
      const { certificate, ca, gateway, expiresAt } = await renew(env, request, { userId, deviceId });
      return { certificate, ca, gateway, expiresUnixMs: BigInt(expiresAt) };
    },
  },
};
