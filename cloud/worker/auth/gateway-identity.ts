/** Whose request a gateway forwards: what its signed statement says, as cloud/wire reads it, checked against this request. */
import { type IdentityStatement, readIdentity } from "../../wire/identity-header.ts";
import { fromBase64Url } from "./secrets.ts";

/** Shorter nonces could be met twice by chance. */
const NONCE_CHARACTERS = 16;

/**
 * What the header says when it is signed by `spki` (Ed25519, DER in base64), is for this request, and fresh; else undefined.
 * The caller refuses a nonce that it has seen.
 */
export async function verifyIdentity(
  header: string,
  spki: string,
  {
    method,
    path,
    idempotencyKey,
    now,
  }: { readonly method: string; readonly path: string; readonly idempotencyKey: string; readonly now: number },
): Promise<IdentityStatement | undefined> {
  // What cannot be read at all throws there.
  const statement = await readIdentity(header, fromBase64Url(spki), { method, path, nowUnixMs: now }).catch(() => undefined);
  if (![statement?.userId, statement?.deviceId, statement?.nonce].every((part) => typeof part === "string")) return undefined;
  return statement && statement.nonce.length >= NONCE_CHARACTERS && statement.idempotencyKey === idempotencyKey ? statement : undefined;
}
