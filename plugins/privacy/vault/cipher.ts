/** What the vault does with its key: seals values, and names things so that only the key's holder can recognise them. */
import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hkdfSync, type KeyObject, randomBytes } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Sealed texts are padded to a multiple of this, so that their length says little. */
const PAD_BYTES = 64;

export class VaultCipher {
  readonly #sealing: KeyObject;
  readonly #naming: KeyObject;
  /** Names the key without revealing it; kept in the database to recognise the right key. */
  readonly fingerprint: Buffer;

  /** @param key 32 random bytes. */
  constructor(key: Uint8Array) {
    this.#sealing = derive(key, "superinstance token vault sealing");
    this.#naming = derive(key, "superinstance token vault naming");
    this.fingerprint = this.name("fingerprint");
  }

  /** A keyed name of 16 bytes: equal for equal parts, meaningless without the key. */
  name(...parts: readonly string[]): Buffer {
    const mac = createHmac("sha256", this.#naming);
    for (const part of parts) mac.update(`${part.length}:`).update(part, "utf16le");
    return mac.digest().subarray(0, 16);
  }

  /** Encrypts `text` (any string, lone surrogates too), bound to `place`: it opens nowhere else. */
  seal(text: string, place: Uint8Array): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#sealing, iv).setAAD(place);
    return Buffer.concat([iv, cipher.update(padded(text)), cipher.final(), cipher.getAuthTag()]);
  }

  /** @throws Error when the bytes were changed, moved, or sealed under another key. */
  open(sealed: Uint8Array, place: Uint8Array): string {
    const decipher = createDecipheriv("aes-256-gcm", this.#sealing, sealed.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(place).setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const bytes = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
    return bytes.toString("utf16le", 4, 4 + bytes.readUInt32LE(0));
  }
}

/** As a key object: one of bytes is made into one at every use, which takes several times as long as the use (Node 24). */
function derive(key: Uint8Array, use: string): KeyObject {
  return createSecretKey(new Uint8Array(hkdfSync("sha256", key, new Uint8Array(0), use, 32)));
}

/** UTF-16 keeps every JavaScript string whole, which UTF-8 does not. */
function padded(text: string): Buffer {
  const length = text.length * 2;
  const bytes = Buffer.alloc(Math.ceil((4 + length) / PAD_BYTES) * PAD_BYTES);
  bytes.writeUInt32LE(length, 0);
  bytes.write(text, 4, "utf16le");
  return bytes;
}
