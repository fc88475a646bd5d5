import { ErrorCode } from "../../../cloud/wire/generated/cloud_pb.js";
import type { MessageOf } from "../../../cloud/wire/messages.ts";
import type { RequestName } from "../../../cloud/wire/requests.ts";
import { type ErrorCode as ErrorName, SynesisError } from "../../../kernel/index.ts";

const NAMES: Partial<Record<ErrorCode, ErrorName>> = {
  [ErrorCode.UNAUTHENTICATED]: "TUNNEL_REFUSED",
  [ErrorCode.FORBIDDEN]: "TUNNEL_REFUSED",
  [ErrorCode.RATE_LIMITED]: "TUNNEL_RATE_LIMITED",
  [ErrorCode.CREDIT_CEILING_EXCEEDED]: "TUNNEL_RATE_LIMITED",
  [ErrorCode.TOO_LARGE]: "INPUT_TOO_LARGE",
  [ErrorCode.VERSION]: "TUNNEL_VERSION",
  [ErrorCode.TIMEOUT]: "TUNNEL_TIMEOUT",
};

/** The cloud answered with an error. */
export class CloudRefusal extends Error {
  override readonly name = "CloudRefusal";
  readonly told: MessageOf<"error">;

  constructor(told: MessageOf<"error">) {
    super(told.message);
    this.told = told;
  }

  /** Nothing was done, and it may work a little later: the gateway is going away, or its Worker was not there. */
  get mayWorkLater(): boolean {
    return this.told.notProcessed && [ErrorCode.UNAVAILABLE, ErrorCode.DRAINING].includes(this.told.code);
  }

  /** As a person is told. */
  asError(request: RequestName): SynesisError {
    const fallback = request === "escalationRequest" ? "ESCALATION_FAILED" : "TUNNEL_REQUEST_FAILED";
    const { code, message, retryAfterMs } = this.told;
    const wait = retryAfterMs > 0 ? { next: `Try again in ${Math.ceil(retryAfterMs / 1000)} s.` } : {};
    return new SynesisError(NAMES[code] ?? fallback, message ? `(${message})` : undefined, { ...wait, cause: this });
  }
}
