import { createPrivateKey, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { writePrivateFile } from "../../pipeline/private-file.ts";

/** A private key of this home, made at the first time. @throws SynesisError HOME_UNUSABLE, BUNDLE_KEY_INVALID */
export function ownKey(home: string, name: string, kind: "ed25519" | "x25519", make: () => KeyObject): KeyObject {
  const file = join(home, "keys", name);
  if (!existsSync(file)) writePrivateFile(file, make().export({ type: "pkcs8", format: "pem" }) as string);
  try {
    const key = createPrivateKey(readFileSync(file));
    if (key.asymmetricKeyType === kind) return key;
  } catch (error) {
    throw new SynesisError("BUNDLE_KEY_INVALID", `(${file})`, { cause: error });
  }
  throw new SynesisError("BUNDLE_KEY_INVALID", `(${file})`);
}
