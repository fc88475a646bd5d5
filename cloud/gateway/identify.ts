import { X509Certificate } from "node:crypto";
import { type DeviceIdentity, parseIdentityUri } from "../device-ca/identity.ts";

/** A device, as its certificate says; the chain to the CA has been checked by TLS before. */
export interface Device extends DeviceIdentity {
  /** Of the certificate, hex, lower case. */
  readonly serial: string;
  readonly expires: number;
}

/** Undefined for a certificate of the CA that is not one of a device. */
export function identify(der: Uint8Array): Device | undefined {
  const certificate = new X509Certificate(der);
  const [, uri = ""] = /^URI:([^,\s]+)$/.exec(certificate.subjectAltName ?? "") ?? [];
  const identity = parseIdentityUri(uri);
  return identity && { ...identity, serial: certificate.serialNumber.toLowerCase(), expires: certificate.validToDate.getTime() };
}
