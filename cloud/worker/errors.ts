interface Row {
  readonly message: string;
  readonly next: string;
  readonly action?: string;
  readonly retryAfterSeconds?: number;
}

/** Every error that the Worker's interface gives, in one table. Messages name things and never quote what was sent. */
const TABLE = {
  invalid_request: { status: 400, message: "The request is not valid.", next: "Correct what is named." },
  unauthenticated: { status: 401, message: "Nobody is signed in.", next: "Run `synesis cloud login`." },
  forbidden: {
    status: 403,
    message: "You may not do that.",
    next: "Use a key with the scope that is named, or ask the project's owner for a role that may.",
  },
  not_found: { status: 404, message: "There is no such thing here.", next: "Check the path and the id." },
  conflict: { status: 409, message: "This has been done, or is being done.", next: "Look at its state before trying again." },
  too_large: { status: 413, message: "The request is too large.", next: "Send less at once." },
  not_redacted: { status: 422, message: "The text holds what looks like a secret, so it was not taken.", next: "Redact it first." },
  model_unknown: { status: 422, message: "There is no such model in the cloud.", next: "`synesis model list --cloud` shows the models." },
  not_in_tunnel: {
    status: 422,
    message: "Adapters and projects are not served over the tunnel.",
    next: "Ask the REST interface with a key: /v1/loras, /v1/projects.",
  },
  version_unknown: {
    status: 422,
    message: "The cloud does not speak this version of the protocol.",
    next: "Install the newest `synesis`.",
  },
  checksum_wrong: {
    status: 422,
    message: "What came is not the file that was announced, so it was discarded.",
    next: "Push it again when nothing writes to the file.",
  },
  adapter_invalid: {
    status: 422,
    message: "The file is not an adapter of the kind that was announced, so it was discarded.",
    next: "Push the adapter's own file.",
  },
  adapter_mismatch: {
    status: 422,
    message: "The adapter was made for another model, so nothing was begun.",
    next: "Name the model that it was made for, or none; `synesis lora list --cloud` shows which that is.",
  },
  adapter_unusable: {
    status: 422,
    message: "No provider takes this adapter with the model that it was made for, so nothing was begun.",
    next: "Ask without it; `synesis lora list --cloud` shows with which models an adapter can be used.",
  },
  adapter_unavailable: {
    status: 502,
    message: "The provider could not load the adapter, so nothing was asked and nothing was charged.",
    next: "Try again later, or ask without it.",
  },
  quota_exceeded: {
    status: 413,
    message: "There is no room left for this adapter.",
    next: "Delete one with `synesis lora remove --cloud NAME`.",
  },
  knowledge_full: {
    status: 413,
    message: "There is no room left for this document.",
    next: "Take one back with `synesis knowledge unshare NAME`.",
  },
  knowledge_off: { status: 422, message: "This cloud keeps no shared knowledge.", next: "Ask without it." },
  rate_limited: { status: 429, message: "Too many requests.", next: "Wait a minute, then try again.", retryAfterSeconds: 60 },
  credit_ceiling_exceeded: {
    status: 402,
    message: "This could take what you owe over your ceiling, so it was not begun.",
    next: "Add credits with `synesis cloud topup`, or wait until your invoice is paid.",
    action: "suspend_cloud",
  },
  payment_failed: {
    status: 402,
    message: "An invoice could not be paid from the card of who pays here, so nothing was begun that their credits do not cover.",
    next: "`synesis cloud balance` shows them where to pay it; or they add credits with `synesis cloud topup`.",
    action: "suspend_cloud",
  },
  free_limit_exceeded: {
    status: 402,
    message: "This could take the month over the free tier's limit, so it was not begun.",
    next: "Choose another tier with `synesis cloud tier`, or wait for the next month.",
    action: "suspend_cloud",
  },
  guest_quota_exceeded: {
    status: 402,
    message: "This could take what you have used over the quota that you have in the project, so it was not begun.",
    next: "Ask the project's owner for a larger quota.",
  },
  project_budget_exceeded: {
    status: 402,
    message: "This could take the project over its budget, so it was not begun.",
    next: "The project's owner can raise its budget.",
  },
  approval_declined: {
    status: 403,
    message: "The project asks for approval, and nobody gave it.",
    next: "Ask somebody with the role commenter or editor to watch and approve, then ask again.",
  },
  wrong_tier: {
    status: 409,
    message: "The account's tier does not have this.",
    next: "`synesis cloud tier` chooses another one.",
  },
  invite_ended: { status: 410, message: "The invite is not good any more.", next: "Ask the project's owner for another one." },
  mail_unavailable: {
    status: 502,
    message: "The mail could not be sent.",
    next: "Start the handover again with the same address: it goes on where it stopped.",
  },
  account_closed: { status: 403, message: "This account is closed.", next: "Ask for another one." },
  payment_unavailable: { status: 502, message: "The payment provider does not answer.", next: "Try again later; nothing was charged." },
  provider_unavailable: { status: 502, message: "No provider of models could answer.", next: "Try again later, or name another model." },
  timeout: { status: 504, message: "The work took too long.", next: "Try again, or ask for less." },
  unavailable: { status: 503, message: "The cloud cannot do this now.", next: "Try again later." },
  internal: { status: 500, message: "Something went wrong in the cloud.", next: "Try again; if it repeats, report the request's id." },
} as const satisfies Record<string, Row & { status: number }>;

export type CloudErrorCode = keyof typeof TABLE;

export const CLOUD_ERROR_CODES = Object.keys(TABLE) as [CloudErrorCode, ...CloudErrorCode[]];

/** What the interface says of an error. */
export interface CloudErrorBody {
  readonly error: { readonly code: CloudErrorCode; readonly message: string; readonly next: string; readonly action?: string };
}

export class CloudError extends Error {
  override readonly name = "CloudError";
  readonly code: CloudErrorCode;
  readonly status: (typeof TABLE)[CloudErrorCode]["status"];

  /** @param detail names a thing: a field, a scope; never what somebody sent */
  constructor(code: CloudErrorCode, detail?: string) {
    super(detail ? `${TABLE[code].message} ${detail}` : TABLE[code].message);
    this.code = code;
    this.status = TABLE[code].status;
  }

  /** How long to wait before it is worth another try; 0 when waiting alone does not help. */
  get retryAfterSeconds(): number {
    const row: Row = TABLE[this.code];
    return row.retryAfterSeconds ?? 0;
  }

  get body(): CloudErrorBody {
    const row: Row = TABLE[this.code];
    return { error: { code: this.code, message: this.message, next: row.next, ...(row.action && { action: row.action }) } };
  }
}

/** Any error as the interface has it. */
export function cloudErrorOf(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  return new CloudError(isOutage(error) ? "unavailable" : "internal");
}

/** R2 at fault, unavailable, or asked too fast: it names what is wrong by a number at its message's end. */
const R2_OUTAGE = /\((?:10001|10043|10058)\)$/;

/** The database, the bucket or an object is not there; nothing here is at fault. */
export function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { retryable, overloaded } = error as { readonly retryable?: boolean; readonly overloaded?: boolean };
  return /^D1_\w*ERROR/.test(error.message) || R2_OUTAGE.test(error.message) || retryable === true || overloaded === true;
}
