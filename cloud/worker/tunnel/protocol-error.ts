import { ErrorCode } from "../../wire/generated/cloud_pb.js";
import type { InitOf } from "../../wire/messages.ts";
import type { CloudError, CloudErrorCode } from "../errors.ts";

/** Every error of the Worker as a device is told it. */
const CODES: Readonly<Record<CloudErrorCode, ErrorCode>> = {
  invalid_request: ErrorCode.INVALID,
  unauthenticated: ErrorCode.UNAUTHENTICATED,
  forbidden: ErrorCode.FORBIDDEN,
  not_found: ErrorCode.NOT_FOUND,
  conflict: ErrorCode.CONFLICT,
  too_large: ErrorCode.TOO_LARGE,
  not_redacted: ErrorCode.INVALID,
  model_unknown: ErrorCode.NOT_FOUND,
  not_in_tunnel: ErrorCode.INVALID,
  version_unknown: ErrorCode.VERSION,
  checksum_wrong: ErrorCode.INVALID,
  adapter_invalid: ErrorCode.INVALID,
  adapter_mismatch: ErrorCode.INVALID,
  adapter_unusable: ErrorCode.INVALID,
  adapter_unavailable: ErrorCode.UNAVAILABLE,
  quota_exceeded: ErrorCode.TOO_LARGE,
  knowledge_full: ErrorCode.TOO_LARGE,
  knowledge_off: ErrorCode.NOT_FOUND,
  rate_limited: ErrorCode.RATE_LIMITED,
  credit_ceiling_exceeded: ErrorCode.CREDIT_CEILING_EXCEEDED,
  payment_failed: ErrorCode.CREDIT_CEILING_EXCEEDED,
  free_limit_exceeded: ErrorCode.CREDIT_CEILING_EXCEEDED,
  guest_quota_exceeded: ErrorCode.CREDIT_CEILING_EXCEEDED,
  project_budget_exceeded: ErrorCode.CREDIT_CEILING_EXCEEDED,
  approval_declined: ErrorCode.FORBIDDEN,
  wrong_tier: ErrorCode.INVALID,
  invite_ended: ErrorCode.NOT_FOUND,
  account_closed: ErrorCode.FORBIDDEN,
  payment_unavailable: ErrorCode.UNAVAILABLE,
  mail_unavailable: ErrorCode.UNAVAILABLE,
  provider_unavailable: ErrorCode.UNAVAILABLE,
  timeout: ErrorCode.TIMEOUT,
  unavailable: ErrorCode.UNAVAILABLE,
  internal: ErrorCode.INTERNAL,
};

/** What is wrong with the request itself has been found before anything was done. */
export function protocolError(error: CloudError): InitOf<"error"> {
  const { code, status, message, body, retryAfterSeconds } = error;
  return {
    code: CODES[code],
    message: `${message} ${body.error.next}`,
    reason: body.error.code,
    retryAfterMs: retryAfterSeconds * 1000,
    notProcessed: status < 500 && code !== "conflict",
  };
}
