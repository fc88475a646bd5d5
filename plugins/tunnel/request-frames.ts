import { encodeMessage, type InitOf } from "../../cloud/wire/messages.ts";
import type { RequestName } from "../../cloud/wire/requests.ts";

/** The bytes of a request: its frame, after one that holds its key where it has one. */
export function framesOf<N extends RequestName>(
  name: N,
  init: InitOf<N>,
  { idempotencyKey, timeoutMs = 0 }: { readonly idempotencyKey?: string; readonly timeoutMs?: number },
): Uint8Array {
  const request = encodeMessage(name, init);
  return idempotencyKey === undefined ? request : Buffer.concat([encodeMessage("requestHead", { idempotencyKey, timeoutMs }), request]);
}
