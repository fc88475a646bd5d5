/** P-256 keys and their signatures, as certificates want them. */
import { bits, concat, integer, oid, readAll, sequence } from "./der.ts";

const CURVE = { name: "ECDSA", namedCurve: "P-256" } as const;
const HASHED = { name: "ECDSA", hash: "SHA-256" } as const;
const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));
const COORDINATE_BYTES = 32;

// As Node's types and the Worker's both have it.
export type Key = Awaited<ReturnType<typeof importPrivate>>;
interface KeyPair {
  readonly publicKey: Key;
  readonly privateKey: Key;
}

export const createKeyPair = async () => (await crypto.subtle.generateKey(CURVE, true, ["sign", "verify"])) as KeyPair;
export const exportPrivate = async (key: Key) => new Uint8Array((await crypto.subtle.exportKey("pkcs8", key)) as ArrayBuffer);
export const exportPublic = async (key: Key) => new Uint8Array((await crypto.subtle.exportKey("spki", key)) as ArrayBuffer);
export const importPrivate = (pkcs8: Uint8Array) => crypto.subtle.importKey("pkcs8", own(pkcs8), CURVE, true, ["sign"]);

/** `body` with its signature: what a certificate, or a request for one, is. */
export async function signed(body: Uint8Array, key: Key): Promise<Uint8Array> {
  const raw = new Uint8Array(await crypto.subtle.sign(HASHED, key, own(body)));
  const signature = sequence(integer(raw.subarray(0, COORDINATE_BYTES)), integer(raw.subarray(COORDINATE_BYTES)));
  return sequence(body, ECDSA_SHA256, bits(signature));
}

/** Whether `signature`, in DER, is that of `body` by the key `spki`. @throws Error when one of them is malformed */
export async function isSignedBy(body: Uint8Array, signature: Uint8Array, spki: Uint8Array): Promise<boolean> {
  const [pair] = readAll(signature);
  const raw = concat(readAll(pair?.contents ?? signature).map(({ contents }) => coordinate(contents)));
  const key = await crypto.subtle.importKey("spki", own(spki), CURVE, false, ["verify"]);
  return crypto.subtle.verify(HASHED, key, own(raw), own(body));
}

export const SIGNATURE_ALGORITHM = ECDSA_SHA256;

function coordinate(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(COORDINATE_BYTES);
  const short = bytes.length > COORDINATE_BYTES ? bytes.subarray(bytes.length - COORDINATE_BYTES) : bytes;
  padded.set(short, COORDINATE_BYTES - short.length);
  return padded;
}

/** Web Crypto's types want an ArrayBuffer that is not shared. */
const own = (bytes: Uint8Array) => new Uint8Array(bytes);
