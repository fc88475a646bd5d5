import { expiryOf, signDeviceRequest } from "../../device-ca/certificate.ts";
import type { DeviceIdentity } from "../../device-ca/identity.ts";
import type { Env } from "../env.ts";
import { CloudError } from "../errors.ts";
import { renewDevice } from "../store/devices.ts";
import { audit } from "../store/users.ts";

/** What a device needs to reach its gateway. */
export interface DeviceCertificate {
  readonly deviceId: string;
  readonly userId: string;
  /** PEM: the device's own, and those that gateways' certificates lead to. */
  readonly certificate: string;
  readonly ca: string;
  /** HOST:PORT */
  readonly gateway: string;
  /** Ms since 1970. */
  readonly expiresAt: number;
}

/** Signs a device's request (PKCS#10, PEM). Only its key is taken over. @throws CloudError */
export async function certify(env: Env, request: string, identity: DeviceIdentity): Promise<DeviceCertificate> {
  const { DEVICE_CA_CERT: cert, DEVICE_CA_KEY: key, GATEWAY_CA_CERT, GATEWAY_ADDRESS: gateway } = env;
  if (!cert || !key) throw new CloudError("unavailable", "There is no CA of devices here.");
  const certificate = await signDeviceRequest({ cert, key }, request, identity).catch(() => {
    throw new CloudError("invalid_request", "request: not a PKCS#10 request, in PEM, that its own P-256 key has signed.");
  });
  return { ...identity, certificate, ca: GATEWAY_CA_CERT || cert, gateway, expiresAt: expiryOf(certificate) };
}

/** A new certificate for a device that is there and not revoked. @throws CloudError */
export async function renew(env: Env, request: string, identity: DeviceIdentity): Promise<DeviceCertificate> {
  const certified = await certify(env, request, identity);
  const { userId, deviceId } = identity;
  if (!(await renewDevice(env.DATABASE, userId, deviceId, certified.expiresAt))) throw new CloudError("not_found");
  await audit(env.DATABASE, userId, "device.renewed", deviceId, Date.now());
  return certified;
}
