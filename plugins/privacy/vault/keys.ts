/** Finds, makes and destroys the vault's keys, in a file or in the system's keychain. */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { type Keychain, systemKeychain } from "../../../pipeline/keychain.ts";
import { VaultCipher } from "./cipher.ts";
import { adoptKey, KEY_BYTES, parseKey, readKey, readOrMakeKey, removeLeftovers, writeKey } from "./key-file.ts";

/** Where a key is kept. */
export type KeyPlace = "file" | "keychain";
/** Where the key of a new vault goes; "auto": the keychain where one can be reached, else the file. */
export type KeyPreference = KeyPlace | "auto";

/** A key's cipher and where the key is kept. */
export interface PlacedCipher {
  readonly cipher: VaultCipher;
  readonly place: KeyPlace;
}

export class VaultKeys {
  readonly #file: string;
  readonly #preference: KeyPreference;
  readonly #keychain: Keychain;

  constructor(home: string, preference: KeyPreference, keychain: Keychain = systemKeychain) {
    this.#file = join(home, "keys", "tokens.key");
    this.#preference = preference;
    this.#keychain = keychain;
  }

  /**
   * The cipher of the key that `fingerprint` names. A key file that was made for a change of key gets its name here.
   *
   * @throws SynesisError TOKEN_KEY_MISSING, TOKEN_KEY_WRONG, KEYCHAIN_UNREACHABLE
   */
  fitting(fingerprint: Buffer, place: KeyPlace): VaultCipher {
    return place === "file" ? this.#fromFile(fingerprint) : this.#fromKeychain(fingerprint);
  }

  #fromFile(fingerprint: Buffer): VaultCipher {
    const key = readKey(this.#file);
    const cipher = key && new VaultCipher(key);
    if (cipher?.fingerprint.equals(fingerprint)) return cipher;
    const next = readKey(this.#next);
    const following = next && new VaultCipher(next);
    if (!following?.fingerprint.equals(fingerprint))
      throw new SynesisError(key ? "TOKEN_KEY_WRONG" : "TOKEN_KEY_MISSING", `(${this.#file})`);
    adoptKey(this.#next, this.#file);
    return following;
  }

  #fromKeychain(fingerprint: Buffer): VaultCipher {
    const account = accountOf(fingerprint);
    const text = this.#keychain.read(account);
    const where = { next: `Restore the keychain's entry "${account}", or move tokens.db away to start a new vault.` };
    if (text === undefined) throw new SynesisError("TOKEN_KEY_MISSING", "(the keychain has no such entry)", where);
    const key = parseKey(text);
    const cipher = key && new VaultCipher(key);
    if (!cipher?.fingerprint.equals(fingerprint)) throw new SynesisError("TOKEN_KEY_WRONG", "(in the keychain)", where);
    return cipher;
  }

  /** The key of a new vault: the one in the file where there is one, so that no key is ever made beside it. */
  first(): PlacedCipher {
    if (readKey(this.#file) === undefined && this.#preference !== "file") {
      try {
        return { cipher: this.further("keychain"), place: "keychain" };
      } catch (error) {
        if (this.#preference === "keychain" || (error as SynesisError).code !== "KEYCHAIN_UNREACHABLE") throw error;
      }
    }
    return { cipher: new VaultCipher(readOrMakeKey(this.#file)), place: "file" };
  }

  /** A new key, kept safely beside the one in use. */
  further(place: KeyPlace): VaultCipher {
    if (place === "file") return new VaultCipher(writeKey(this.#next));
    const key = randomBytes(KEY_BYTES);
    const cipher = new VaultCipher(key);
    this.#keychain.write(accountOf(cipher.fingerprint), key.toString("hex"));
    return this.#fromKeychain(cipher.fingerprint); // what cannot be read back must not seal anything
  }

  /** Destroys a key that opens nothing any more, and what killed changes have left. The key in use has its place by now. */
  destroy(fingerprint: Buffer, place: KeyPlace): void {
    if (place === "keychain") this.#keychain.remove(accountOf(fingerprint));
    const key = place === "file" ? readKey(this.#file) : undefined;
    if (key && new VaultCipher(key).fingerprint.equals(fingerprint)) rmSync(this.#file);
    removeLeftovers(this.#file);
  }

  get #next(): string {
    return `${this.#file}.next`;
  }
}

/** The name under which the keychain has the key with this fingerprint. */
function accountOf(fingerprint: Buffer): string {
  return `token-vault-${fingerprint.toString("hex")}`;
}
