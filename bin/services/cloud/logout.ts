/** Signing this home out of the cloud. */
import { existsSync } from "node:fs";
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal, type Credentials, KEY_VARIABLE } from "../../../plugins/account/index.ts";
import { ledgerFile, syncUsage } from "../../../plugins/billing/index.ts";
import { removeDevice } from "../../../plugins/tunnel/device-store.ts";
import type { Config } from "../config.ts";
import { cloudApiWith, credentialsOf } from "./account.ts";
import { withLedger } from "./billing.ts";
import { deviceOrNone } from "./device.ts";
import { cloudAccount, usageCloud } from "./usage-cloud.ts";

export interface Logout {
  /** Whether there was anything to remove here. */
  readonly signedOut: boolean;
  /** Whether the cloud knows that it is to accept key and device no longer. */
  readonly revoked: boolean;
}

/** One waits so long for the cloud, in ms. */
const PATIENCE_MS = 10_000;

/** Whatever the cloud says, nothing is left here. */
export async function logout(
  home: string,
  config: Config,
  { signal, notice }: { readonly signal: AbortSignal; readonly notice: (text: string) => Promise<void> },
): Promise<Logout> {
  const credentials = credentialsOf(home, config);
  const kept = keptBefore(credentials);
  const device = deviceOrNone(home)?.deviceId;
  const reason = kept && (await leave(cloudApiWith(kept.api, kept), { home, config, keyId: kept.id, device, signal, notice }));
  const removed = [credentials.remove(), removeDevice(home)];
  const signedOut = removed.includes(true);
  const revoked = kept !== undefined && reason === undefined;
  if (signedOut && !revoked)
    await notice(
      `The cloud could not be told${reason ? `: ${reason}` : "."} Nothing is left here; there, key and certificate are good until they end.`,
    );
  if (process.env[KEY_VARIABLE]) await notice(`${KEY_VARIABLE} is still set: its key is used on.`);
  return { signedOut, revoked };
}

interface Leaving {
  readonly home: string;
  readonly config: Config;
  readonly keyId: string;
  readonly device: string | undefined;
  readonly signal: AbortSignal;
  readonly notice: (text: string) => Promise<void>;
}

/** Tells the cloud what it does not know yet, then has device and key revoked; gives the reason where that fails. */
async function leave(api: CloudApi, { home, config, keyId, device, signal, notice }: Leaving): Promise<string | undefined> {
  try {
    await tellRest(home, config, api, signal).catch(async (error: unknown) => {
      if (signal.aborted || !(error instanceof SynesisError)) throw error;
      // it waits for another sign-in
      await notice(`What the cloud has not been told yet stays in ${ledgerFile(home)}: ${error.message} ${error.next}`);
    });
    await revokeAt(api, { keyId, device, signal });
    return undefined;
  } catch (error) {
    if (signal.aborted || !(error instanceof SynesisError)) throw error;
    return error.message;
  }
}

/** @throws SynesisError CLOUD_* */
export async function revokeAt(api: CloudApi, { keyId, device, signal }: Pick<Leaving, "keyId" | "device" | "signal">): Promise<void> {
  if (device !== undefined) await revoke(api, `/v1/devices/${encodeURIComponent(device)}`, signal);
  await revoke(api, `/v1/keys/${keyId}`, signal);
}

/** What is unknown or ended needs no revoking. */
async function revoke(api: CloudApi, path: string, signal: AbortSignal): Promise<void> {
  try {
    await api.delete(path, { schema: z.unknown(), signal, timeoutMs: PATIENCE_MS });
  } catch (error) {
    if (!(error instanceof CloudRefusal && [401, 404].includes(error.status))) throw error;
  }
}

/** Receipts that nobody could tell the cloud of later. */
async function tellRest(home: string, config: Config, api: CloudApi, signal: AbortSignal): Promise<void> {
  const account = process.env[KEY_VARIABLE] ? undefined : cloudAccount(home, config); // another's, perhaps
  if (account === undefined || !existsSync(ledgerFile(home))) return;
  await withLedger(home, async (store) => {
    if (store.waits(account)) await syncUsage(store, usageCloud(api, account), signal);
  });
}

/** A key that cannot be read (a locked keychain, a damaged file) is replaced or removed all the same. */
export function keptBefore(credentials: Credentials): ReturnType<Credentials["kept"]> {
  try {
    return credentials.kept();
  } catch (error) {
    if (error instanceof SynesisError) return undefined;
    throw error;
  }
}
