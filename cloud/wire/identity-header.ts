/**
 * How a gateway tells the Worker whose request it forwards: a statement signed with the gateway's Ed25519 key, good for
 * one request of one minute. The Worker knows the public key only, so whoever reads its settings can forge nothing.
 */

export const IDENTITY_HEADER = "x-superinstance-identity";

/** A statement older, or further in the future, than this is not accepted. */
export const STATEMENT_SECONDS = 60;

export interface IdentityStatement {
  readonly userId: string;
  readonly deviceId: string;
  readonly gatewayId: string;
  readonly method: string;
  readonly path: string;
  /** The request's idempotency key; "" when it has none. */
  readonly idempotencyKey: string;
  readonly issuedUnixMs: number;
  /** Differs in every statement: whoever accepts one remembers it for as long as it is good. */
  readonly nonce: string;
}

export type Signer = (bytes: Uint8Array) => Uint8Array;

export function writeIdentity(statement: IdentityStatement, sign: Signer): string {
  const body = new TextEncoder().encode(JSON.stringify(statement));
  return `v1.${toBase64Url(body)}.${toBase64Url(sign(body))}`;
}

/**
 * What the header says, when it is signed by `spki` (Ed25519, DER), is for this request, and is fresh; else undefined.
 * The caller refuses a nonce that it has seen before.
 */
export async function readIdentity(
  header: string,
  spki: Uint8Array<ArrayBuffer>,
  request: { readonly method: string; readonly path: string; readonly nowUnixMs: number },
): Promise<IdentityStatement | undefined> {
  const [, body = "", signature = ""] = /^v1\.([\w-]{1,4096})\.([\w-]{86})$/.exec(header) ?? [];
  if (!body) return undefined;
  const key = await crypto.subtle.importKey("spki", spki, "Ed25519", false, ["verify"]);
  const bytes = fromBase64Url(body);
  if (!(await crypto.subtle.verify("Ed25519", key, fromBase64Url(signature), bytes))) return undefined;
  const statement = JSON.parse(new TextDecoder().decode(bytes)) as IdentityStatement;
  const fresh = Math.abs(request.nowUnixMs - statement.issuedUnixMs) <= STATEMENT_SECONDS * 1000;
  return fresh && statement.method === request.method && statement.path === request.path ? statement : undefined;
}

function toBase64Url(bytes: Uint8Array): string {
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
}
