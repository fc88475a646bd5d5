/** Checks of the token vault's key: where it is, whether it fits, who can read it, and whether there is a keychain. */
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemKeychain } from "../../../pipeline/keychain.ts";
import type { Config } from "../config.ts";
import { keyPlace } from "../vault.ts";
import { bad, type Check, good } from "./check.ts";

const UNLOCK =
  process.platform === "linux"
    ? "Start and unlock a Secret Service (GNOME Keyring, KWallet), or keep new keys in a file: synesis config set privacy.keyStore file"
    : "Unlock the keychain, or keep new keys in a file: synesis config set privacy.keyStore file";

/** @throws SynesisError when the key is gone, does not fit, or cannot be reached. */
export async function checkTokenKey(home: string, config: Config): Promise<Check> {
  const place = await keyPlace(home, config);
  if (place === undefined) return good("token key", "not needed yet");
  if (place === "keychain") return good("token key", "in the system's keychain; it fits");
  const file = join(home, "keys", "tokens.key");
  const open = process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0;
  return open
    ? bad("token key", "others on this machine can read it", `chmod 600 ${file}`)
    : good("token key", "in keys/tokens.key, which only you can read; it fits");
}

/** The keychain is asked only where it has, or may get, a key: asking a locked one may open a window. */
export function checkKeychain(home: string, { privacy }: Config): Check {
  const started = existsSync(join(home, "tokens.db"));
  if (privacy.keyStore === "file" || (privacy.keyStore === "auto" && started)) return good("keychain", "not looked at: it is not needed");
  try {
    systemKeychain.read("doctor");
    return good("keychain", "reachable");
  } catch (error) {
    const reason = (error as Error).message.replace(/^[^(]*/, "");
    return privacy.keyStore === "keychain"
      ? bad("keychain", `cannot be reached ${reason}`, UNLOCK)
      : good("keychain", `cannot be reached ${reason}, so a new key is kept in a file`);
  }
}
