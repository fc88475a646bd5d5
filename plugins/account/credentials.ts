/**
 * The key by which this home is known to the cloud. `keys/cloud.json` says for which cloud it is and where it is kept: in
 * the system's keychain, or in that file. It is never in config.json, and the keychain is asked only where it has the key.
 */
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { parseApiKey } from "../../cloud/wire/api-key.ts";
import { SynesisError } from "../../kernel/index.ts";
import { type Keychain, systemKeychain } from "../../pipeline/keychain.ts";
import { writePrivateFile } from "../../pipeline/private-file.ts";

/** The environment variable whose key is taken before any that is kept. */
export const KEY_VARIABLE = "SYNESIS_API_KEY";

export type KeyPlace = "environment" | "keychain" | "file";

/** A key and where it came from. */
export interface Credential {
  readonly key: string;
  /** Names the key at the cloud; no secret. */
  readonly id: string;
  readonly place: KeyPlace;
}

export interface CredentialOptions {
  /** Where a key goes that is kept from now on; "auto": the keychain where one can be reached, else the file. */
  readonly preference: "auto" | "keychain" | "file";
  readonly keychain?: Keychain;
  readonly env?: NodeJS.ProcessEnv;
}

const note = z.object({ api: z.string(), id: z.string(), key: z.optional(z.string()) });
type Note = z.infer<typeof note>;

export class Credentials {
  readonly #file: string;
  readonly #preference: CredentialOptions["preference"];
  readonly #keychain: Keychain;
  readonly #env: NodeJS.ProcessEnv;

  constructor(home: string, { preference, keychain = systemKeychain, env = process.env }: CredentialOptions) {
    this.#file = join(home, "keys", "cloud.json");
    this.#preference = preference;
    this.#keychain = keychain;
    this.#env = env;
  }

  /**
   * The key to use with the cloud at `api`: the environment's, or the one that is kept for that cloud and no other.
   *
   * @throws SynesisError CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE
   */
  find(api: string): Credential | undefined {
    const given = this.#env[KEY_VARIABLE]?.trim();
    if (given) return { key: given, id: idOf(given, `(the variable ${KEY_VARIABLE})`), place: "environment" };
    const kept = this.kept();
    return kept?.api === api ? kept : undefined;
  }

  /** The id of the key that `find` would give, and whether it is kept here; the keychain is not asked. */
  idFor(api: string): { readonly id: string; readonly kept: boolean } | undefined {
    const given = this.#env[KEY_VARIABLE]?.trim();
    if (given) return { id: idOf(given, `(the variable ${KEY_VARIABLE})`), kept: false };
    const known = this.#read();
    return known?.api === api ? { id: known.id, kept: true } : undefined;
  }

  /**
   * Whether the environment's key is another one than the key that is kept here, so that it may be another account's; the
   * keychain is not asked.
   *
   * @throws SynesisError CLOUD_KEY_INVALID
   */
  get isForeign(): boolean {
    const given = this.#env[KEY_VARIABLE]?.trim();
    return given !== undefined && given !== "" && idOf(given, `(the variable ${KEY_VARIABLE})`) !== this.#readable()?.id;
  }

  /** The key that is kept, and the cloud that it is for. @throws SynesisError CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE */
  kept(): (Credential & { readonly api: string }) | undefined {
    const known = this.#read();
    if (!known) return undefined;
    const key = known.key ?? this.#keychain.read(accountOf(known.id));
    if (key === undefined) return undefined; // somebody took it out of the keychain
    return { api: known.api, key, id: idOf(key, `(${this.#file})`), place: known.key === undefined ? "keychain" : "file" };
  }

  /** Keeps a key for the cloud at `api`, in the place of any other. @throws SynesisError CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE, HOME_UNUSABLE */
  keep(api: string, key: string): Credential {
    const id = idOf(key);
    const before = this.#readable();
    const place = this.#place(id, key);
    writePrivateFile(this.#file, `${JSON.stringify({ api, id, ...(place === "file" && { key }) })}\n`);
    if (before && (before.id !== id || place === "file")) this.#clear(before);
    return { key, id, place };
  }

  /** Removes the key that is kept, whatever cloud it is for; false when there was none. */
  remove(): boolean {
    const known = this.#readable();
    if (known) this.#clear(known);
    const there = existsSync(this.#file);
    rmSync(this.#file, { force: true });
    return there;
  }

  #place(id: string, key: string): "keychain" | "file" {
    if (this.#preference === "file") return "file";
    try {
      this.#keychain.write(accountOf(id), key);
      if (this.#keychain.read(accountOf(id)) === key) return "keychain";
      throw new SynesisError("KEYCHAIN_UNREACHABLE", "(it does not give back what it was given)");
    } catch (error) {
      if (this.#preference === "keychain" || !isUnreachable(error)) throw error;
      return "file";
    }
  }

  /** What cannot be reached may stay: the key is revoked, or soon expires. */
  #clear({ id, key }: Note): void {
    if (key !== undefined) return;
    try {
      this.#keychain.remove(accountOf(id));
    } catch (error) {
      if (!isUnreachable(error)) throw error;
    }
  }

  /** A damaged file may be replaced and removed. */
  #readable(): Note | undefined {
    try {
      return this.#read();
    } catch (error) {
      if (error instanceof SynesisError && error.code === "CLOUD_KEY_INVALID") return undefined;
      throw error;
    }
  }

  #read(): Note | undefined {
    let text: string;
    try {
      text = readFileSync(this.#file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw new SynesisError("HOME_UNUSABLE", `(${this.#file})`, { cause: error });
    }
    const parsed = z.safeParse(note, parseJson(text));
    if (parsed.success) return parsed.data;
    throw new SynesisError("CLOUD_KEY_INVALID", `(${this.#file} is damaged)`, {
      next: "Remove the file, then sign in again: `synesis cloud login`.",
    });
  }
}

/** The id in a key. @throws SynesisError CLOUD_KEY_INVALID when the text is none */
export function idOf(key: string, where?: string): string {
  const parts = parseApiKey(key);
  if (!parts) throw new SynesisError("CLOUD_KEY_INVALID", where);
  return parts.id;
}

function accountOf(id: string): string {
  return `cloud-key-${id}`;
}

function isUnreachable(error: unknown): boolean {
  return error instanceof SynesisError && error.code === "KEYCHAIN_UNREACHABLE";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
