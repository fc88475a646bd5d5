/** Who this home is to the cloud: its address in the settings, its key where keys are kept. */
import { SynesisError } from "../../../kernel/index.ts";
import { CloudApi, type Credential, Credentials, KEY_VARIABLE } from "../../../plugins/account/index.ts";
import type { Target } from "../../../plugins/tunnel/index.ts";
import type { Config } from "../config.ts";

export function credentialsOf(home: string, { privacy }: Config): Credentials {
  return new Credentials(home, { preference: privacy.keyStore });
}

/** Origin of the cloud that the settings name. @throws SynesisError CLOUD_ADDRESS_MISSING */
export function cloudAddress({ cloud }: Config): string {
  if (cloud.api === "") throw new SynesisError("CLOUD_ADDRESS_MISSING");
  return new URL(cloud.api).origin;
}

/** The cloud's interface with this home's key. @throws SynesisError CLOUD_ADDRESS_MISSING, CLOUD_NOT_SIGNED_IN, CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE */
export function openCloudApi(home: string, config: Config): CloudApi {
  const url = cloudAddress(config);
  const credentials = credentialsOf(home, config);
  const credential = credentials.find(url);
  if (credential) return cloudApiWith(url, credential);
  const other = credentials.kept()?.api;
  throw new SynesisError(
    "CLOUD_NOT_SIGNED_IN",
    other === undefined ? undefined : `(The key here is for ${other}, and cloud.api is ${url}.)`,
  );
}

export function cloudApiWith(url: string, { key, place }: Pick<Credential, "key" | "place">): CloudApi {
  if (place !== "environment") return new CloudApi({ url, key });
  return new CloudApi({ url, key, whenNotSignedIn: ENVIRONMENT_KEY_REFUSED });
}

const ENVIRONMENT_KEY_REFUSED = `The key in ${KEY_VARIABLE} is not accepted: correct the variable, or remove it.`;

/** What a refusal of this machine means where it was the environment's key that was refused. */
export function refusedKey(error: unknown, home: string, config: Config): unknown {
  const byKey = error instanceof SynesisError && error.code === "TUNNEL_REFUSED" && config.cloud.api !== "";
  if (!byKey || !credentialsOf(home, config).isForeign) return error;
  return new SynesisError("CLOUD_NOT_SIGNED_IN", undefined, { next: ENVIRONMENT_KEY_REFUSED, cause: error });
}

/** The Worker for a tunnel that goes there straight; undefined when nobody is signed in. @throws SynesisError CLOUD_KEY_INVALID, KEYCHAIN_UNREACHABLE */
export function tunnelWorker(home: string, config: Config): Target["worker"] {
  if (config.cloud.api === "") return undefined;
  const url = cloudAddress(config);
  const key = credentialsOf(home, config).find(url)?.key;
  return key === undefined ? undefined : { url: new URL(url), token: key };
}
