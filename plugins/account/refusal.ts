import { type ErrorCode, SynesisError } from "../../kernel/index.ts";

/** What statuses mean here; others by their hundreds. */
const CODES: Readonly<Record<number, ErrorCode>> = { 401: "CLOUD_NOT_SIGNED_IN", 402: "CLOUD_LIMIT_REACHED", 429: "CLOUD_BUSY" };

export interface Told {
  readonly status: number;
  /** The cloud's own name of the error, such as `not_found`; empty when it gave none. */
  readonly cloudCode: string;
  readonly message?: string | undefined;
  readonly next?: string | undefined;
}

/** The cloud said no. What it says of itself is kept, so that callers can tell a conflict from something that is not there. */
export class CloudRefusal extends SynesisError {
  readonly status: number;
  readonly cloudCode: string;

  constructor({ status, cloudCode, message, next }: Told) {
    const code = CODES[status] ?? (status >= 500 ? "CLOUD_FAILED" : "CLOUD_REFUSED");
    const detail = code === "CLOUD_NOT_SIGNED_IN" ? undefined : (message ?? `(${cloudCode || `status ${status}`})`);
    super(code, detail, code === "CLOUD_NOT_SIGNED_IN" || next === undefined ? {} : { next });
    this.status = status;
    this.cloudCode = cloudCode;
  }

  /** The same request may work a little later, without anything being changed. */
  get isTransient(): boolean {
    return this.status === 502 || this.status === 503 || this.status === 504;
  }
}

const LONGEST = 400;

/** Reads the error in an answer's body: the Worker's form, or that of OAuth (`{"error":"slow_down"}`). */
export function refusalOf(status: number, body: string): CloudRefusal {
  const { error } = object(parseJson(body));
  if (typeof error === "string") return new CloudRefusal({ status, cloudCode: line(error) ?? "" });
  const { code, message, next } = object(error);
  return new CloudRefusal({ status, cloudCode: line(code) ?? "", message: line(message), next: line(next) });
}

function line(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value.replace(/\s+/g, " ").slice(0, LONGEST) : undefined;
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
