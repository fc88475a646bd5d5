import type { ErrorCode } from "../wire/generated/cloud_pb.js";
import type { InitOf } from "../wire/messages.ts";

/** Ends a stream with an error that the device is told. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly told: InitOf<"error"> & { readonly code: ErrorCode };

  constructor(code: ErrorCode, message: string, more: Pick<InitOf<"error">, "retryAfterMs" | "notProcessed"> = {}) {
    super(message);
    this.told = { code, message, notProcessed: true, ...more };
  }
}
