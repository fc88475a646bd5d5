/** Certificates: who they are for, how long, and what they may be used for. Web Crypto only, so a Worker can sign too. */
import { bits, der, integer, octets, oid, readAll, readTime, sequence, TAG, text, time } from "./der.ts";
import { type DeviceIdentity, identityUri } from "./identity.ts";
import { createKeyPair, exportPrivate, exportPublic, importPrivate, isSignedBy, type Key, SIGNATURE_ALGORITHM, signed } from "./keys.ts";
import { fromPem, toPem } from "./pem.ts";

export interface CertifiedKey {
  readonly key: string;
  readonly cert: string;
}

/** A time in days from now; a negative one lies in the past. */
export interface Validity {
  readonly fromDays?: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;
/** Clocks differ: a certificate is valid a little before it is made. */
const SKEW_MS = 5 * 60_000;
const YES = der(TAG.boolean, Uint8Array.of(0xff));
const USAGE = { server: "1.3.6.1.5.5.7.3.1", client: "1.3.6.1.5.5.7.3.2" } as const;

/** A CA of one's own: what the gateway makes for development, and what tests are done with. */
export async function createCa(name: string, validity: Validity = { days: 3650 }): Promise<CertifiedKey> {
  const pair = await createKeyPair();
  const extensions = [extension("2.5.29.19", sequence(YES), true), extension("2.5.29.15", bits(Uint8Array.of(0x06), 1), true)];
  const subject = commonName(name);
  const cert = await certificate(
    { issuer: subject, subject, spki: await exportPublic(pair.publicKey), extensions, validity },
    pair.privateKey,
  );
  return { key: toPem("PRIVATE KEY", await exportPrivate(pair.privateKey)), cert: toPem("CERTIFICATE", cert) };
}

/** A key and certificate for a server with these DNS names. */
export async function createServerCertificate(
  ca: CertifiedKey,
  names: readonly string[],
  validity: Validity = { days: 90 },
): Promise<CertifiedKey> {
  const pair = await createKeyPair();
  const alternatives = names.map((name) => text(0x82, name));
  const spki = await exportPublic(pair.publicKey);
  const cert = await issue(ca, { subject: commonName(names[0] ?? "server"), spki, alternatives, usage: USAGE.server, validity });
  return { key: toPem("PRIVATE KEY", await exportPrivate(pair.privateKey)), cert };
}

/**
 * The certificate of a device that asked with `request` (PKCS#10, PEM). Only its key is taken over: who the device is
 * comes from whoever signed its user in.
 *
 * @throws Error when the request is malformed, or not signed by the key that it names
 */
export async function signDeviceRequest(
  ca: CertifiedKey,
  request: string,
  identity: DeviceIdentity,
  validity: Validity = { days: 90 },
): Promise<string> {
  const spki = await keyOfRequest(fromPem("CERTIFICATE REQUEST", request));
  const alternatives = [text(0x86, identityUri(identity))];
  return issue(ca, { subject: commonName(identity.deviceId), spki, alternatives, usage: USAGE.client, validity });
}

/** When a certificate ends, in ms since 1970. */
export function expiryOf(cert: string): number {
  const [body] = readAll(readAll(fromPem("CERTIFICATE", cert))[0]?.contents ?? new Uint8Array());
  const validity = body && readAll(body.contents)[4];
  const end = validity && readAll(validity.contents)[1];
  if (!end) throw new Error("the certificate is malformed");
  return readTime(end).getTime();
}

interface Parts {
  readonly subject: Uint8Array;
  readonly spki: Uint8Array;
  readonly validity: Validity;
}

async function issue(ca: CertifiedKey, parts: Parts & { alternatives: readonly Uint8Array[]; usage: string }): Promise<string> {
  const extensions = [
    extension("2.5.29.19", sequence(), true),
    extension("2.5.29.15", bits(Uint8Array.of(0x80), 7), true),
    extension("2.5.29.37", sequence(oid(parts.usage))),
    extension("2.5.29.17", sequence(...parts.alternatives)),
  ];
  const key = await importPrivate(fromPem("PRIVATE KEY", ca.key));
  const issuer = subjectOf(fromPem("CERTIFICATE", ca.cert));
  return toPem("CERTIFICATE", await certificate({ ...parts, issuer, extensions }, key));
}

function certificate(parts: Parts & { issuer: Uint8Array; extensions: readonly Uint8Array[] }, key: Key): Promise<Uint8Array> {
  const { fromDays = 0, days } = parts.validity;
  const from = Date.now() + fromDays * DAY_MS - SKEW_MS;
  const body = sequence(
    der(0xa0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    SIGNATURE_ALGORITHM,
    parts.issuer,
    sequence(time(new Date(from)), time(new Date(from + days * DAY_MS))),
    parts.subject,
    parts.spki,
    der(0xa3, sequence(...parts.extensions)),
  );
  return signed(body, key);
}

/** 127 random bits, so that it is positive and never 0. */
function serialNumber(): Uint8Array {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

async function keyOfRequest(request: Uint8Array): Promise<Uint8Array> {
  const [body, , signature] = readAll(readAll(request)[0]?.contents ?? request);
  const spki = body && readAll(body.contents)[2]?.whole;
  if (!body || !signature || !spki) throw new Error("the request is malformed");
  if (!(await isSignedBy(body.whole, signature.contents.subarray(1), spki))) throw new Error("the request is not signed by its own key");
  return spki;
}

function subjectOf(cert: Uint8Array): Uint8Array {
  const [body] = readAll(readAll(cert)[0]?.contents ?? cert);
  const subject = body && readAll(body.contents)[5];
  if (!subject) throw new Error("the CA's certificate is malformed");
  return subject.whole;
}

export const commonName = (name: string) => sequence(der(TAG.set, sequence(oid("2.5.4.3"), text(TAG.utf8, name))));
const extension = (id: string, value: Uint8Array, critical = false) => sequence(oid(id), ...(critical ? [YES] : []), octets(value));
