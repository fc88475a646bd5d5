import { ErrorCode } from "./generated/cloud_pb.js";
import type { InitOf } from "./messages.ts";

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: ErrorCode.INVALID,
  401: ErrorCode.UNAUTHENTICATED,
  402: ErrorCode.CREDIT_CEILING_EXCEEDED,
  403: ErrorCode.FORBIDDEN,
  404: ErrorCode.NOT_FOUND,
  413: ErrorCode.TOO_LARGE,
  429: ErrorCode.RATE_LIMITED,
  503: ErrorCode.UNAVAILABLE,
  504: ErrorCode.TIMEOUT,
};
/** With these nothing has been done. */
const BEFORE_WORK: readonly ErrorCode[] = [ErrorCode.UNAUTHENTICATED, ErrorCode.FORBIDDEN, ErrorCode.RATE_LIMITED];

/** What an answer of the Worker that is not frames means to a device. @param retryAfter the header, in seconds */
export function errorOfStatus(
  status: number,
  retryAfter: string | undefined,
): InitOf<"error"> & { readonly code: ErrorCode; readonly message: string } {
  const seconds = Number(retryAfter ?? 0);
  const code = BY_STATUS[status] ?? ErrorCode.INTERNAL;
  return {
    code,
    message: `the Worker answered ${status}`,
    retryAfterMs: seconds > 0 && seconds < 86_400 ? Math.ceil(seconds * 1000) : 0,
    notProcessed: BEFORE_WORK.includes(code),
  };
}
