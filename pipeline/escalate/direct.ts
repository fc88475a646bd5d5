/** What every provider that is asked with the user's own key has in common: its settings, its way out, and its errors. */
import { type Call, type Escalation, type EscalationBrief, type EscalationStream, SynesisError } from "../../kernel/index.ts";
import { askProvider, type ProviderPiece } from "./ask-provider.ts";

/** Told of the host and the exact bytes before they are sent; when it throws, nothing is sent. */
export type BeforeSending = (host: string, bytes: string | Uint8Array) => void;

/** A count of tokens as nano-dollars; undefined where the price of the model is not known. */
export type PriceOf = (model: string, tokens: Escalation["tokens"]) => number | undefined;

export interface DirectOptions {
  /** Address of the interface; the provider's own when absent. */
  readonly baseUrl?: string;
  /** Gives the key at each question; it is kept nowhere. @throws SynesisError ESCALATION_KEY_MISSING */
  readonly key: () => string | undefined;
  readonly beforeSending: BeforeSending;
  readonly priceOf: PriceOf;
  /** Silence after which the provider is given up, in ms. */
  readonly idleMs: number;
  readonly attempts: number;
  readonly pauseMs: number;
}

/** One question. */
export interface DirectQuestion {
  readonly model: string;
  /** Sends it with this `fetch`, and gives the answer's pieces. */
  readonly open: (signal: AbortSignal, fetch: typeof globalThis.fetch) => AsyncIterable<ProviderPiece>;
}

/** Asks, and says what it cost. Charges are the provider's alone. @throws SynesisError ESCALATION_* */
export async function askDirect(
  { model, open }: DirectQuestion,
  { beforeSending, priceOf, idleMs, attempts, pauseMs }: DirectOptions,
  [brief, stream, call]: readonly [EscalationBrief, EscalationStream, Call],
): Promise<Escalation> {
  let sent = 0;
  const fetch = recordedFetch((host, bytes) => {
    beforeSending(host, bytes);
    sent = bytes.length;
  });
  const answer = await askProvider({
    brief,
    model,
    stream,
    call,
    open: (signal) => open(signal, fetch),
    explain: asProviderError,
    mayRepeat: nothingDone,
    attempts,
    pauseMs,
    idleMs,
    sentCharacters: () => sent,
  });
  const nanoDollars = priceOf(answer.model, answer.tokens) ?? priceOf(model, answer.tokens);
  return { ...answer, via: "direct", ...(nanoDollars === undefined ? {} : { cost: { nanoDollars, chargeNanoDollars: 0 } }) };
}

/** What a request may say besides its body: nothing of the machine, its system or its user. */
const HEADERS = ["accept", "anthropic-version", "authorization", "content-type", "x-api-key"];

/** `fetch` that tells of the exact bytes first, and follows no redirect, which would carry the key along. */
function recordedFetch(beforeSending: BeforeSending): typeof globalThis.fetch {
  return (input, init = {}) => {
    const { body, headers: given } = init;
    if (typeof body !== "string") throw new TypeError("only text is sent");
    const headers = Object.fromEntries([...new Headers(given)].filter(([name]) => HEADERS.includes(name)));
    beforeSending(new URL(String(input instanceof Request ? input.url : input)).host, body);
    return fetch(input, { ...init, headers: { ...headers, "user-agent": "superinstance" }, redirect: "manual" });
  };
}

/** The status of an answer, as the SDKs put it on their errors. What the answer says is not told: providers quote the request. */
function asProviderError(error: unknown): SynesisError {
  if (error instanceof SynesisError) return error;
  const { status, cause } = error as { status?: unknown; cause?: unknown };
  // What goes wrong before sending comes wrapped as a failed connection.
  for (let inner = cause; inner instanceof Error; inner = inner.cause) if (inner instanceof SynesisError) return inner;
  if (typeof status !== "number") {
    const never = neverConnected(error);
    return new SynesisError(never ? "ESCALATION_UNREACHABLE" : "ESCALATION_FAILED", never ? undefined : "The connection broke.", {
      cause: error,
    });
  }
  const detail = `(status ${status})`;
  if (status >= 300 && status < 400) return new SynesisError("ESCALATION_UNREACHABLE", "(its address leads elsewhere)");
  if (status === 429) return new SynesisError("ESCALATION_LIMITED", detail);
  if (status === 404) return new SynesisError("ESCALATION_MODEL_UNKNOWN", detail);
  if (status === 408 || status >= 500) return new SynesisError("ESCALATION_FAILED", detail, { cause: new RefusedBeforeWork() });
  return new SynesisError("ESCALATION_REFUSED", detail);
}

/** The provider answered that it did not do it: a fault of its own, or too much to do. */
class RefusedBeforeWork extends Error {}

const NEVER = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH", "UND_ERR_CONNECT_TIMEOUT"]);

function neverConnected(error: unknown): boolean {
  for (let inner = error; inner instanceof Error; inner = inner.cause)
    if (NEVER.has((inner as NodeJS.ErrnoException).code ?? "")) return true;
  return false;
}

/** Asked again only where the provider cannot have begun: a connection that broke later may have been paid for. */
function nothingDone({ code, cause }: SynesisError): boolean {
  return cause instanceof RefusedBeforeWork || (code === "ESCALATION_UNREACHABLE" && neverConnected(cause));
}
