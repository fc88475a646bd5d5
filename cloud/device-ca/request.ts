import { commonName } from "./certificate.ts";
import { der, integer, sequence } from "./der.ts";
import { createKeyPair, exportPrivate, exportPublic, signed } from "./keys.ts";
import { toPem } from "./pem.ts";

/** A new key, as PEM, and the request to certify it. The key never goes anywhere; the request is what is sent. */
export async function createDeviceRequest(deviceId: string): Promise<{ key: string; request: string }> {
  const pair = await createKeyPair();
  const spki = await exportPublic(pair.publicKey);
  const body = sequence(integer(Uint8Array.of(0)), commonName(deviceId), spki, der(0xa0));
  const request = await signed(body, pair.privateKey);
  return { key: toPem("PRIVATE KEY", await exportPrivate(pair.privateKey)), request: toPem("CERTIFICATE REQUEST", request) };
}
