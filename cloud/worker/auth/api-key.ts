/** API keys: `si_ID_SECRET`. The secret is shown once; its hash is kept. */
import { randomText } from "./secrets.ts";

const FORM = /^si_([A-Za-z0-9-]{16})_([\w-]{43})$/;

export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

export function newApiKey(): ApiKeyParts & { readonly key: string } {
  const id = randomText(12).replaceAll("_", "-");
  const secret = randomText(32);
  return { id, secret, key: `si_${id}_${secret}` };
}

export function parseApiKey(key: string): ApiKeyParts | undefined {
  const [, id, secret] = FORM.exec(key) ?? [];
  return id && secret ? { id, secret } : undefined;
}
