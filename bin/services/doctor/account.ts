/** Whether this home's way into the cloud can be read, where there is one; nobody is asked. */
import { loadDevice } from "../../../plugins/tunnel/device-store.ts";
import { credentialsOf } from "../cloud/account.ts";
import type { Config } from "../config.ts";
import { bad, type Check, good } from "./check.ts";

const DAY_MS = 86_400_000;

/** @throws SynesisError CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE, DEVICE_UNKNOWN */
export function checkAccount(home: string, config: Config): Check {
  const kept = credentialsOf(home, config).kept();
  const device = loadDevice(home);
  const days = device && Math.floor((device.expires - Date.now()) / DAY_MS);
  if (days !== undefined && days < 0) return bad("account", "this device's certificate has ended", "Sign in again: synesis cloud login");
  if (!kept && !device) return good("account", "not signed in to a cloud, and nothing here needs it");
  const parts = [...(kept ? [`a key for ${kept.api}`] : []), ...(days === undefined ? [] : [`a device's certificate for ${days} days`])];
  return good("account", parts.join(", "));
}
