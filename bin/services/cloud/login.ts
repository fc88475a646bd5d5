/** Signing this home in to the cloud. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { askForCode, awaitApproval, CloudApi, CloudRefusal, type Credential, idOf, KEY_VARIABLE } from "../../../plugins/account/index.ts";
import { type Device, removeDevice } from "../../../plugins/tunnel/device-store.ts";
import { type Config, setSetting } from "../config.ts";
import { cloudAddress, cloudApiWith, credentialsOf } from "./account.ts";
import { certifyDevice, deviceOrNone } from "./device.ts";
import { keptBefore, revokeAt } from "./logout.ts";

export interface Login {
  readonly api: string;
  /** Names the key at the cloud; no secret. */
  readonly keyId: string;
  readonly keyStore: Credential["place"];
  /** This machine as the cloud knows it; null where it gave no certificate. */
  readonly device: { readonly id: string; readonly user: string; readonly expires: string } | null;
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
  const device = deviceOrNone(home)?.deviceId;
  const certified = await certifiedOrNone(home, new CloudApi({ url: api, key: fresh }), { signal, notice });
  const { id, place } = credentials.keep(api, fresh);
  if (before && before.id !== id) {
    const left = device === certified?.device.deviceId ? undefined : device;
    await revokeAt(cloudApiWith(before.api, before), { keyId: before.id, device: left, signal }).catch(() => {});
  }
  await useGateway(home, config, certified?.gateway ?? "", notice);
  if (process.env[KEY_VARIABLE] && process.env[KEY_VARIABLE]?.trim() !== fresh)
    await notice(`${KEY_VARIABLE} is set, and its key is taken before the one that is kept now.`);
  return { api, keyId: id, keyStore: place, device: describe(certified?.device) };
}

function describe(device: Device | undefined): Login["device"] {
  return device ? { id: device.deviceId, user: device.userId, expires: new Date(device.expires).toISOString() } : null;
}

/** A key or a cloud that gives this machine no certificate is good all the same: there is a way without one. */
async function certifiedOrNone(home: string, api: CloudApi, { signal, notice }: Pick<LoginOptions, "signal" | "notice">) {
  try {
    return await certifyDevice(home, api, signal);
  } catch (error) {
    if (!(error instanceof CloudRefusal)) throw error;
    removeDevice(home); // it may be somebody else's
    await notice(`This machine got no certificate, so that the cloud is reached by HTTPS alone: ${error.message} ${error.next}`);
    return undefined;
  }
}

async function useGateway(home: string, config: Config, gateway: string, notice: LoginOptions["notice"]): Promise<void> {
  if (gateway === "" || config.cloud.gateway === gateway) return;
  if (config.cloud.gateway === "") setSetting(home, "cloud.gateway", gateway);
  else
    await notice(
      `This cloud's gateway is ${gateway}, and cloud.gateway is ${config.cloud.gateway}: synesis config set cloud.gateway ${gateway}`,
    );
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
