import { createHash, X509Certificate } from "node:crypto";

/** SHA-256 of a certificate's public key, base64. The key stays when a certificate is renewed, so the pin does too. */
export function pinOf(certificate: X509Certificate | Uint8Array | string): string {
  const { publicKey } = certificate instanceof X509Certificate ? certificate : new X509Certificate(certificate);
  return createHash("sha256")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest("base64");
}

/** Whether the server is one of those that were pinned; everything is when nothing was. */
export function fitsPins(certificate: X509Certificate | Uint8Array | undefined, pins: readonly string[]): boolean {
  return pins.length === 0 || (certificate !== undefined && pins.includes(pinOf(certificate)));
}
