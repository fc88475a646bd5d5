/**
 * Whose request a gateway forwards: a statement that the gateway signs with its Ed25519 key, for one request of one minute.
 * `v1.BODY.SIGNATURE`, both in base64url; the body is JSON. Only the public key is known here.
 */
import * as z from "zod";
import { fromBase64Url } from "./secrets.ts";

export const IDENTITY_HEADER = "x-superinstance-identity";

/** How old a statement may be, or how far ahead the gateway's clock. */
export const STATEMENT_MS = 60_000;

const id = z.string().regex(/^[\w.:-]{1,128}$/);
const Statement = z.object({
  userId: id,
  deviceId: id,
  gatewayId: id,
  method: z.string(),
  path: z.string(),
  idempotencyKey: z.string().max(200),
  issuedUnixMs: z.number().int(),
  nonce: z.string().min(16).max(128),
});

export type IdentityStatement = z.infer<typeof Statement>;

/**
 * What the header says when it is signed by `spki` (Ed25519, DER in base64), is for this request, and fresh; else undefined.
 * The caller refuses a nonce that it has seen.
 */
export async function verifyIdentity(
  header: string,
  spki: string,
  request: { readonly method: string; readonly path: string; readonly idempotencyKey: string; readonly now: number },
): Promise<IdentityStatement | undefined> {
  const [, body, signature] = /^v1\.([\w-]{1,4096})\.([\w-]{86})$/.exec(header) ?? [];
  if (!body || !signature) return undefined;
  const key = await crypto.subtle.importKey("spki", fromBase64Url(spki), "Ed25519", false, ["verify"]);
  const bytes = fromBase64Url(body);
  if (!(await crypto.subtle.verify("Ed25519", key, fromBase64Url(signature), bytes))) return undefined;
  const { data } = Statement.safeParse(parseJson(bytes));
  if (!data || data.method !== request.method || data.path !== request.path) return undefined;
  if (data.idempotencyKey !== request.idempotencyKey) return undefined;
  return Math.abs(request.now - data.issuedUnixMs) <= STATEMENT_MS ? data : undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
