/**
 * Values of the token vault on their way to one receiver: sealed for a key that only the receiver has, beside what seals
 * the bundle. Nobody can seal for a key that was not given to them, so the receiver has chosen it before the giver can.
 *
 * The form: an X25519 key made for this once (32 bytes), a nonce (12), the sealed bytes, a tag (16). AES-256-GCM; its key
 * is what both keys agree on, by HKDF with both public keys in it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { SynesisError } from "../../kernel/index.ts";
import { CIPHER, TAG } from "./format.ts";
import { ownKey } from "./own-key.ts";

const PUBLIC = 32;
const NONCE = 12;
const CHECK = 4;
const PREFIX = "receiver_";
/** 36 bytes are 48 letters. */
const RECEIVER = /^receiver_[\w-]{48}$/;
/** What stands before the 32 bytes of an X25519 key in DER (SPKI). */
const SPKI = Buffer.from("302a300506032b656e032100", "hex");

/** The key that this home receives values with, made at the first time. @throws SynesisError HOME_UNUSABLE, BUNDLE_KEY_INVALID */
export function receivingKey(home: string): KeyObject {
  return ownKey(home, "handover-receiver.pem", "x25519", () => generateKeyPairSync("x25519").privateKey);
}

/** A receiver's public key as one word, with a check of its own: what is copied wrongly seals nothing. */
export function receiverText(key: KeyObject): string {
  const bytes = rawOf(createPublicKey(key));
  return PREFIX + Buffer.concat([bytes, checkOf(bytes)]).toString("base64url");
}

/** @throws SynesisError RECEIVER_INVALID */
export function parseReceiver(text: string): KeyObject {
  if (!RECEIVER.test(text)) throw new SynesisError("RECEIVER_INVALID");
  const bytes = Buffer.from(text.slice(PREFIX.length), "base64url");
  const [key, check] = [bytes.subarray(0, PUBLIC), bytes.subarray(PUBLIC)];
  if (!checkOf(key).equals(check)) throw new SynesisError("RECEIVER_INVALID");
  return publicKeyOf(key);
}

export function sealForReceiver(bytes: Uint8Array, receiver: KeyObject): Buffer {
  const once = generateKeyPairSync("x25519");
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, agreed(once.privateKey, receiver, { giver: once.publicKey, receiver }), nonce);
  return Buffer.concat([rawOf(once.publicKey), nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SynesisError BUNDLE_VALUES_UNREADABLE */
export function openForReceiver(sealed: Uint8Array, key: KeyObject): Buffer {
  const receiver = createPublicKey(key);
  try {
    const giver = publicKeyOf(Buffer.from(sealed.subarray(0, PUBLIC)));
    const nonce = sealed.subarray(PUBLIC, PUBLIC + NONCE);
    const decipher = createDecipheriv(CIPHER, agreed(key, giver, { giver, receiver }), nonce, { authTagLength: TAG });
    decipher.setAuthTag(sealed.subarray(-TAG));
    return Buffer.concat([decipher.update(sealed.subarray(PUBLIC + NONCE, -TAG)), decipher.final()]);
  } catch (error) {
    throw new SynesisError("BUNDLE_VALUES_UNREADABLE", undefined, { cause: error });
  }
}

function agreed(
  privateKey: KeyObject,
  publicKey: KeyObject,
  { giver, receiver }: Readonly<Record<"giver" | "receiver", KeyObject>>,
): Buffer {
  const salt = Buffer.concat([rawOf(giver), rawOf(receiver)]);
  return Buffer.from(hkdfSync("sha256", diffieHellman({ privateKey, publicKey }), salt, "synesis handover values 1", 32));
}

const rawOf = (key: KeyObject): Buffer => key.export({ type: "spki", format: "der" }).subarray(-PUBLIC);
const publicKeyOf = (raw: Buffer): KeyObject => createPublicKey({ key: Buffer.concat([SPKI, raw]), type: "spki", format: "der" });
const checkOf = (bytes: Uint8Array): Buffer => createHash("sha256").update(PREFIX).update(bytes).digest().subarray(0, CHECK);
