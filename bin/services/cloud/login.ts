/** Signing this home in to the cloud, and out. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import {
  askForCode,
  awaitApproval,
  CloudApi,
  CloudRefusal,
  type Credential,
  type Credentials,
  idOf,
  KEY_VARIABLE,
} from "../../../plugins/account/index.ts";
import type { Config } from "../config.ts";
import { cloudAddress, cloudApiWith, credentialsOf } from "./account.ts";

export interface Login {
  readonly api: string;
  /** Names the key at the cloud; no secret. */
  readonly keyId: string;
  readonly keyStore: Credential["place"];
}

export interface LoginOptions {
  /** The key, where there is one; otherwise a code is shown, for the user to approve in a browser. */
  readonly key: string | undefined;
  readonly signal: AbortSignal;
  /** Shows the page and the code. */
  readonly show: (page: string, code: string, complete: string) => void;
  readonly notice: (text: string) => Promise<void>;
}

/** @throws SynesisError CLOUD_*; nothing is kept then */
export async function login(home: string, config: Config, { key, signal, show, notice }: LoginOptions): Promise<Login> {
  const api = cloudAddress(config);
  const credentials = credentialsOf(home, config);
  const before = keptBefore(credentials);
  const given = key ?? (process.env[KEY_VARIABLE]?.trim() || undefined);
  if (given !== undefined) idOf(given); // what is no key is not sent anywhere
  const fresh = given ?? (await byCode(api, show, signal));
  await tryKey(new CloudApi({ url: api, key: fresh }), signal);
  const { id, place } = credentials.keep(api, fresh);
  if (before && before.id !== id) await revoke(cloudApiWith(before.api, before), before.id, signal).catch(() => {});
  if (process.env[KEY_VARIABLE] && process.env[KEY_VARIABLE]?.trim() !== fresh)
    await notice(`${KEY_VARIABLE} is set, and its key is taken before the one that is kept now.`);
  return { api, keyId: id, keyStore: place };
}

async function byCode(api: string, show: LoginOptions["show"], signal: AbortSignal): Promise<string> {
  const anonymous = new CloudApi({ url: api });
  const code = await askForCode(anonymous, signal);
  show(code.verification_uri, code.user_code, code.verification_uri_complete);
  return awaitApproval(anonymous, code, signal);
}

/** A key that may not see the balance is a good key all the same. @throws SynesisError CLOUD_KEY_INVALID when the cloud does not know it */
async function tryKey(api: CloudApi, signal: AbortSignal): Promise<void> {
  try {
    await api.get("/v1/billing/balance", { schema: z.unknown(), signal });
  } catch (error) {
    if (!(error instanceof CloudRefusal)) throw error;
    if (error.status === 401)
      throw new SynesisError("CLOUD_KEY_INVALID", "(the cloud does not know it, or it has ended)", { cause: error });
    if (error.status !== 403 || error.cloudCode !== "forbidden") throw error;
  }
}

export interface Logout {
  /** Whether there was a key here. */
  readonly signedOut: boolean;
  /** Whether the cloud knows that it is to accept the key no longer. */
  readonly revoked: boolean;
}

/** Whatever the cloud says, nothing is left here. */
export async function logout(home: string, config: Config, signal: AbortSignal, notice: LoginOptions["notice"]): Promise<Logout> {
  const credentials = credentialsOf(home, config);
  const kept = keptBefore(credentials);
  const reason = kept && (await revoke(cloudApiWith(kept.api, kept), kept.id, signal).catch((error: unknown) => describe(error, signal)));
  const signedOut = credentials.remove();
  if (signedOut && !(kept && reason === undefined))
    await notice(`The key could not be revoked${reason ? `: ${reason}` : ""} It is removed here; at the cloud it is good until it ends.`);
  if (process.env[KEY_VARIABLE]) await notice(`${KEY_VARIABLE} is still set: its key is used on.`);
  return { signedOut, revoked: kept !== undefined && reason === undefined };
}

/** A key that cannot be read (a locked keychain, a damaged file) is replaced or removed all the same. */
function keptBefore(credentials: Credentials): ReturnType<Credentials["kept"]> {
  try {
    return credentials.kept();
  } catch (error) {
    if (error instanceof SynesisError) return undefined;
    throw error;
  }
}

/** A key that is unknown or ended needs no revoking. */
async function revoke(api: CloudApi, id: string, signal: AbortSignal): Promise<undefined> {
  try {
    await api.delete(`/v1/keys/${id}`, { schema: z.unknown(), signal, timeoutMs: 10_000 });
  } catch (error) {
    if (!(error instanceof CloudRefusal && [401, 404].includes(error.status))) throw error;
  }
}

function describe(error: unknown, signal: AbortSignal): string {
  if (signal.aborted || !(error instanceof SynesisError)) throw error;
  return error.message;
}
