/** This machine at the cloud: a key pair that never leaves it, and a certificate that says whose it is. */
import * as z from "zod/mini";
import { createDeviceRequest } from "../../../cloud/device-ca/request.ts";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal } from "../../../plugins/account/index.ts";
import { type Device, isDueForRenewal, loadDevice, saveDevice } from "../../../plugins/tunnel/device-store.ts";
import type { Config } from "../config.ts";
import { cloudApiWith, credentialsOf, openCloudApi } from "./account.ts";
import { tunnelOptions } from "./tunnel.ts";

const certified = z.object({
  deviceId: z.string(),
  userId: z.string(),
  certificate: z.string(),
  ca: z.string(),
  gateway: z.string(),
  expiresAt: z.number(),
});
type Certified = z.infer<typeof certified>;

/** What the cloud is told of the machine: its kind, so that its user can tell one from another. */
const NAME = `${process.platform} ${process.arch}`;

export interface CertifiedDevice {
  readonly device: Device;
  /** HOST:PORT, or empty where the cloud has none. */
  readonly gateway: string;
}

/**
 * Makes a new key and has it certified: for the device that this machine is already, where the cloud knows it as one of
 * the same user's, else for a new one.
 *
 * @throws SynesisError CLOUD_*
 */
export async function certifyDevice(home: string, api: CloudApi, signal: AbortSignal): Promise<CertifiedDevice> {
  const known = deviceOrNone(home);
  const { key, request } = await createDeviceRequest("device");
  const again = known && (await renewal(api, known.deviceId, request, signal).catch(notThere));
  const answer = again ?? (await api.post("/v1/devices", { body: { request, name: NAME }, schema: certified, signal }));
  return keep(home, key, answer);
}

/**
 * The device that this machine is, unless the environment has another key than the one that it was made for, perhaps another
 * account's: that account's questions must not be this one's. With a new certificate if two thirds of the old one's
 * life are over. Where that fails the old one is used for as long as it holds.
 *
 * @throws SynesisError TUNNEL_REFUSED when it was revoked, or has ended; DEVICE_UNKNOWN when its file is damaged
 */
export async function currentDevice(
  home: string,
  config: Config,
  { signal, notice }: { readonly signal: AbortSignal; readonly notice: (text: string) => Promise<void> },
): Promise<Device | undefined> {
  if (config.cloud.api !== "" && credentialsOf(home, config).isForeign) return undefined;
  const device = loadDevice(home);
  if (!device || !isDueForRenewal(device, Date.now())) return device;
  try {
    return await renew(home, config, device, signal);
  } catch (error) {
    if (signal.aborted || !(error instanceof SynesisError)) throw error;
    if (isNotFound(error)) throw new SynesisError("TUNNEL_REFUSED", "It was revoked, or is of another account.", { cause: error });
    const ends = new Date(device.expires).toISOString().slice(0, 10);
    if (device.expires <= Date.now())
      throw new SynesisError("TUNNEL_REFUSED", `Its certificate ended on ${ends} and could not be renewed: ${error.message}`, {
        cause: error,
      });
    await notice(`This device's certificate ends on ${ends} and could not be renewed: ${error.message} ${error.next}`);
    return device;
  }
}

async function renew(home: string, config: Config, device: Device, signal: AbortSignal): Promise<Device> {
  const { key, request } = await createDeviceRequest("device");
  try {
    return keep(home, key, await renewal(ownApi(home, config), device.deviceId, request, signal)).device;
  } catch (error) {
    const noKey = error instanceof SynesisError && ["CLOUD_NOT_SIGNED_IN", "CLOUD_ADDRESS_MISSING"].includes(error.code);
    if (!noKey || config.cloud.gateway === "" || device.expires <= Date.now()) throw error;
    return keep(home, key, await renewalByTunnel(config, device, request, signal)).device;
  }
}

/** A device whose user's key has ended speaks for itself, by the certificate that it still has. */
async function renewalByTunnel(config: Config, device: Device, request: string, signal: AbortSignal): Promise<Certified> {
  const { Tunnel } = await import("../../../plugins/tunnel/index.ts");
  const tunnel = new Tunnel(tunnelOptions(config, device, "", 1));
  try {
    await tunnel.connect();
    const { certificate, ca, gateway, expiresUnixMs } = await tunnel.request("renewalRequest", { request }, { signal });
    return { deviceId: device.deviceId, userId: device.userId, certificate, ca, gateway, expiresAt: Number(expiresUnixMs) };
  } finally {
    await tunnel.disconnect(0);
  }
}

/** With the key that was kept when the device was certified, where there is one: another's may be in the environment. */
function ownApi(home: string, config: Config): CloudApi {
  const kept = credentialsOf(home, config).kept();
  return kept ? cloudApiWith(kept.api, kept) : openCloudApi(home, config);
}

function renewal(api: CloudApi, deviceId: string, request: string, signal: AbortSignal): Promise<Certified> {
  // twice is once: another certificate for the same key
  const options = { body: { request }, schema: certified, signal, idempotencyKey: crypto.randomUUID() };
  return api.post(`/v1/devices/${encodeURIComponent(deviceId)}/renewal`, options);
}

function keep(home: string, key: string, { certificate, ca, gateway }: Certified): CertifiedDevice {
  return { device: saveDevice(home, { key, cert: certificate, ca }), gateway };
}

/** A damaged file is replaced. */
export function deviceOrNone(home: string): Device | undefined {
  try {
    return loadDevice(home);
  } catch (error) {
    if (error instanceof SynesisError) return undefined;
    throw error;
  }
}

function notThere(error: unknown): undefined {
  if (!isNotFound(error)) throw error;
}

function isNotFound(error: unknown): boolean {
  return error instanceof CloudRefusal && error.status === 404;
}
