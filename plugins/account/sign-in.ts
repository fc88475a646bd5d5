/** Signing in with a code that the user approves in a browser (RFC 8628). */
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { SynesisError } from "../../kernel/index.ts";
import type { CloudApi } from "./cloud-api.ts";
import { CloudRefusal } from "./refusal.ts";

const CLIENT = "synesis";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const SLOWER_SECONDS = 5;

const started = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url(),
  verification_uri_complete: z.url(),
  expires_in: z.number().check(z.positive()),
  interval: z._default(z.number().check(z.positive(), z.lte(60)), SLOWER_SECONDS),
});
/** What the user is shown, and what the device asks with. */
export type DeviceCode = z.infer<typeof started>;

const approved = z.object({ access_token: z.string() });

export function askForCode(api: CloudApi, signal: AbortSignal): Promise<DeviceCode> {
  return api.post("/v1/device/code", { form: { client_id: CLIENT }, schema: started, signal });
}

/**
 * The key, once the user has approved the code. Asks as often as the server allows, and through short failures.
 *
 * @throws SynesisError CLOUD_SIGN_IN_FAILED when it is denied or takes too long; the signal's reason
 */
export async function awaitApproval(api: CloudApi, code: DeviceCode, signal: AbortSignal): Promise<string> {
  const form = { client_id: CLIENT, grant_type: GRANT, device_code: code.device_code };
  const until = performance.now() + code.expires_in * 1000;
  let seconds = code.interval;
  while (performance.now() < until) {
    await wait(seconds * 1000, undefined, { signal }).catch(() => {
      throw signal.reason;
    });
    try {
      return (await api.post("/v1/device/token", { form, schema: approved, signal })).access_token;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!goesOn(error)) throw error;
      const reason = reasonOf(error);
      if (reason === "slow_down") seconds += SLOWER_SECONDS;
      else if (reason !== "authorization_pending") seconds *= 2; // it is not well: not too often
    }
  }
  throw new SynesisError("CLOUD_SIGN_IN_FAILED", "Its code has expired.");
}

/** @throws SynesisError CLOUD_SIGN_IN_FAILED */
function goesOn(error: unknown): boolean {
  const reason = reasonOf(error);
  if (reason === "access_denied") throw new SynesisError("CLOUD_SIGN_IN_FAILED", "It was denied.");
  if (reason === "expired_token") throw new SynesisError("CLOUD_SIGN_IN_FAILED", "Its code has expired.");
  if (reason === "authorization_pending" || reason === "slow_down") return true;
  return error instanceof SynesisError && ["CLOUD_UNREACHABLE", "CLOUD_TIMEOUT", "CLOUD_BUSY", "TUNNEL_INTERRUPTED"].includes(error.code);
}

function reasonOf(error: unknown): string {
  return error instanceof CloudRefusal ? error.cloudCode : "";
}
