import { createHash, generateKeyPairSync, type KeyObject } from "node:crypto";
import { ownKey } from "./own-key.ts";

/** The key that this home signs its bundles with, made at the first time. @throws SynesisError HOME_UNUSABLE, BUNDLE_KEY_INVALID */
export function signingKey(home: string): KeyObject {
  return ownKey(home, "handover.pem", "ed25519", () => generateKeyPairSync("ed25519").privateKey);
}

/** A public key in a form that people can compare: of its SHA-256, 80 bits. */
export function fingerprintOf(spki: Uint8Array): string {
  const hex = createHash("sha256").update(spki).digest("hex");
  return (hex.slice(0, 20).match(/.{4}/g) ?? []).join("-");
}
