/** The form of API keys, `si_ID_SECRET`: the id names the key and is no secret. */
const FORM = /^si_([A-Za-z0-9-]{16})_([\w-]{43})$/;

export interface ApiKeyParts {
  readonly id: string;
  readonly secret: string;
}

/** The parts of a key, or undefined when the text is none. */
export function parseApiKey(key: string): ApiKeyParts | undefined {
  const [, id, secret] = FORM.exec(key) ?? [];
  return id && secret ? { id, secret } : undefined;
}
