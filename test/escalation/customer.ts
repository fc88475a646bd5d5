import { createDeviceRequest } from "../../cloud/device-ca/request.ts";
import { type Fetch, signIn } from "../../cloud/local/sign-in.ts";
import type { LocalCloud } from "../../cloud/local/start.ts";

interface Certified {
  readonly deviceId: string;
  readonly certificate: string;
  readonly ca: string;
  /** HOST:PORT */
  readonly gateway: string;
}

/** A user who is signed in, on a tier that is charged, with a device that the gateway lets in. */
export async function newCustomer(cloud: Pick<LocalCloud, "url" | "mail" | "stripe">, name: string) {
  const fetchHere: Fetch = (path, init) => fetch(new URL(path, cloud.url), init);
  const key = await signIn(fetchHere, cloud.mail, `${name}@example.com`);
  const call = async <T>(method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    return (await (await fetchHere(path, { method, headers, ...(body && { body: JSON.stringify(body) }) })).json()) as T;
  };
  const { checkout } = await call<{ checkout: { id: string } }>("PUT", "/v1/billing/tier", { tier: "managed" });
  await cloud.stripe.pay(checkout.id);
  const { key: deviceKey, request } = await createDeviceRequest("laptop");
  const { deviceId, gateway, certificate: cert, ca } = await call<Certified>("POST", "/v1/devices", { request, name: "laptop" });
  return { key, call, deviceId, gateway, identity: { key: deviceKey, cert, ca } };
}
