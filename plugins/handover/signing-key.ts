import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { writePrivateFile } from "../../pipeline/private-file.ts";

/** The key that this home signs its bundles with, made at the first time. @throws SynesisError HOME_UNUSABLE, BUNDLE_KEY_INVALID */
export function signingKey(home: string): KeyObject {
  const file = join(home, "keys", "handover.pem");
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync("ed25519");
    writePrivateFile(file, privateKey.export({ type: "pkcs8", format: "pem" }) as string);
  }
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch (error) {
    throw new SynesisError("BUNDLE_KEY_INVALID", `(${file})`, { cause: error });
  }
  throw new SynesisError("BUNDLE_KEY_INVALID", `(${file})`);
}

/** A public key in a form that people can compare: of its SHA-256, 80 bits. */
export function fingerprintOf(spki: Uint8Array): string {
  const hex = createHash("sha256").update(spki).digest("hex");
  return (hex.slice(0, 20).match(/.{4}/g) ?? []).join("-");
}
