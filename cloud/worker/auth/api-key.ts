/** A new API key. Its secret is shown once; its hash is kept. */
import type { ApiKeyParts } from "../../wire/api-key.ts";
import { randomText } from "./secrets.ts";

export function newApiKey(): ApiKeyParts & { readonly key: string } {
  const id = randomText(12).replaceAll("_", "-");
  const secret = randomText(32);
  return { id, secret, key: `si_${id}_${secret}` };
}
