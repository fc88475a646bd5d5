/** What the vault commands do: the sessions of the token vault, and its key. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import type { KeyPlace } from "../../plugins/privacy/vault/keys.ts";
import type { SqliteTokenVault } from "../../plugins/privacy/vault/vault.ts";
import { type Config, loadConfig } from "./config.ts";
import { homeFolder } from "./home.ts";

/** A session in the form that scripts rely on. */
export interface VaultSession {
  readonly session: string;
  /** ISO 8601. */
  readonly usedAt: string;
  readonly values: number;
}

/** What became of the key, and where it is now; null while there is no vault. */
export interface KeyChange {
  readonly changed: boolean;
  readonly keyStore: KeyPlace | null;
}

/** The sessions, the last used first. */
export async function listSessions(): Promise<VaultSession[]> {
  const sessions = await withVault((vault) => vault.sessions());
  return (sessions ?? []).map(({ id, usedAt, values }) => ({ session: id, usedAt: new Date(usedAt).toISOString(), values }));
}

/** @throws SynesisError SESSION_NOT_FOUND */
export async function forgetSession(session: string): Promise<void> {
  const gone = await withVault((vault) => vault.forget(session));
  if (!gone) throw new SynesisError("SESSION_NOT_FOUND", `(${session.slice(0, 64)})`);
}

/** A new key in the place of the old one. */
export async function rotateKey(): Promise<KeyChange> {
  const keyStore = await withVault((vault) => vault.rotateKey());
  return { changed: keyStore !== undefined, keyStore: keyStore ?? null };
}

/** A new key in `place`, which takes over from the old one; nothing is done when the key is there already. */
export async function moveKey(place: KeyPlace): Promise<KeyChange> {
  const keyStore = await withVault((vault) => (vault.keyPlace() === place ? "there" : vault.rotateKey(place)));
  if (keyStore === undefined) return { changed: false, keyStore: null };
  return { changed: keyStore !== "there", keyStore: place };
}

/** Where the key is; undefined while there is no vault. @throws SynesisError when it is not there or does not fit */
export async function keyPlace(home: string, config: Config): Promise<KeyPlace | undefined> {
  return withVault((vault) => vault.keyPlace(), home, config);
}

/** Opens the vault for `work`; a vault that is not there is not made. */
async function withVault<T>(
  work: (vault: SqliteTokenVault) => T,
  home = homeFolder(),
  { privacy } = loadConfig(home),
): Promise<T | undefined> {
  if (!existsSync(join(home, "tokens.db"))) return undefined;
  const { SqliteTokenVault } = await import("../../plugins/privacy/vault/vault.ts");
  const vault = new SqliteTokenVault(home, { keyStore: privacy.keyStore });
  try {
    return work(vault);
  } finally {
    vault.close();
  }
}
