/** One request to a server of models, and its answer as it streams in. */
import { type Generated, SynesisError } from "../../kernel/index.ts";
import { readEvents, type ServerEvent } from "../../pipeline/text/sse.ts";
import { StallTimer } from "../../pipeline/text/stall-timer.ts";

/** What is asked, as OpenAI's interface has it. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens: number;
  /** Further fields of the request, over those that are the same everywhere: an adapter may be named as the model. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly response_format?: {
    readonly type: string;
    readonly json_schema?: { readonly name: string; readonly strict: boolean; readonly schema: object };
  };
}

/** What servers differ in: OpenAI's manner is the usual one. */
export interface Dialect {
  /** Where chats go, after the base address. */
  readonly path: string;
  headers(key: string | undefined): Readonly<Record<string, string>>;
  /** @throws FormRefused for a form that such servers do not know */
  body(chat: ChatBody): object;
  /** The pieces of an answer, its usage last. @throws SynesisError GENERATOR_* */
  read(events: AsyncIterable<Pick<ServerEvent, "data">>, chat: ChatBody): AsyncGenerator<Generated>;
  /** Where it is not the network that leads there. */
  readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
}

export interface Chat {
  /** Up to and with /v1, without a slash at its end. */
  readonly baseUrl: string;
  readonly dialect: Dialect;
  /** Sent as it is, and never told. */
  readonly key: string | undefined;
  /** Told of the exact bytes before they are sent; when it throws, they are not. */
  readonly beforeSending?: ((host: string, body: string) => void) | undefined;
  /** Silence of the server before its first word after which it is given up, in ms. */
  readonly idleMs: number;
  /** The same after its first word. */
  readonly stallMs: number;
  readonly signal: AbortSignal;
}

/** The server does not take this form of request, but may take a plainer one. */
export class FormRefused extends Error {
  override readonly name = "FormRefused";
}

/** Text of one answer beyond this is a server gone mad. */
const MAX_TEXT = 4 * 1024 * 1024;

/**
 * Sends `body` and gives the answer's pieces, its usage last.
 *
 * @throws SynesisError GENERATOR_*; FormRefused; the signal's reason
 */
export async function* streamChat(chat: Chat, body: ChatBody): AsyncGenerator<Generated> {
  const idle = new AbortController();
  const silence = new StallTimer((ms) => idle.abort(new SynesisError("GENERATOR_TIMEOUT", `(no word for ${ms / 1000} s)`)));
  let allowed = chat.idleMs;
  silence.allow(allowed);
  const signal = AbortSignal.any([chat.signal, idle.signal]);
  try {
    const response = await send(chat, chat.dialect.body(body), signal);
    // An event may bring no word, such as one of a model that reasons first. A comment that only holds the line is no event.
    const alive = async function* (events: AsyncIterable<Pick<ServerEvent, "data">>) {
      for await (const event of events) {
        silence.allow(allowed);
        yield event;
      }
    };
    if (!response.body) throw new SynesisError("GENERATOR_FAILED", "The server sent nothing.");
    const streams = response.headers.get("content-type")?.includes("text/event-stream");
    for await (const piece of chat.dialect.read(alive(streams ? readEvents(response.body) : wholeBody(response.body)), body)) {
      silence.end(); // how long the reader takes is not the server's silence
      yield piece;
      if (piece.type === "text") allowed = chat.stallMs;
      silence.allow(allowed);
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof SynesisError || error instanceof FormRefused) throw error;
    throw new SynesisError("GENERATOR_FAILED", "The connection broke.", { cause: error });
  } finally {
    silence.end();
  }
}

async function send({ baseUrl, dialect, key, beforeSending }: Chat, body: object, signal: AbortSignal): Promise<Response> {
  const headers = { "content-type": "application/json", ...dialect.headers(key) };
  const text = JSON.stringify(body);
  beforeSending?.(safeHost(baseUrl), text);
  const request = { method: "POST", headers, body: text, signal, redirect: "manual" as const }; // a redirect would carry the key along; a Worker knows no "error"
  const response = await (dialect.fetch ?? fetch)(`${baseUrl}${dialect.path}`, request).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw new SynesisError("GENERATOR_UNREACHABLE", `(${safeHost(baseUrl)})`, { cause: error });
  });
  if (response.ok) return response;
  await response.body?.cancel();
  if (response.status >= 300 && response.status < 400)
    throw new SynesisError("GENERATOR_UNREACHABLE", `(${safeHost(baseUrl)} leads elsewhere)`);
  throw refusal(response);
}

function safeHost(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : "the address cannot be read";
}

/** What a status means. The body is not told: servers quote the request in it. */
function refusal({ status, headers }: Response): Error {
  if (status === 400 || status === 415 || status === 422 || status === 501) return new FormRefused(`status ${status}`);
  if (status === 429) return Object.assign(new SynesisError("GENERATOR_BUSY"), { waitSeconds: Number(headers.get("retry-after")) || 0 });
  if (status >= 500) return new SynesisError("GENERATOR_FAILED", `(status ${status})`);
  return new SynesisError("GENERATOR_REFUSED", `(status ${status})`);
}

/** From a server that does not stream: its one JSON value. */
async function* wholeBody(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Pick<ServerEvent, "data">> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const piece of bytes) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > MAX_TEXT) throw new SynesisError("GENERATOR_FAILED", "The server wrote without end.");
  }
  yield { data: text };
}

/** OpenAI's own manner, and that of the many servers that are like it. */
export const OPENAI: Dialect = {
  path: "/chat/completions",
  headers: (key): Record<string, string> => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  body: ({ fields, ...chat }) => ({ ...chat, ...fields, stream: true, stream_options: { include_usage: true } }),
  read: readAnswer,
};

/** Counts what a server writes. @throws SynesisError GENERATOR_FAILED for one that writes without end */
export function newLengthCheck(): (text: string) => void {
  let length = 0;
  return (text) => {
    length += text.length;
    if (length > MAX_TEXT) throw new SynesisError("GENERATOR_FAILED", "The server wrote without end.");
  };
}

async function* readAnswer(events: AsyncIterable<Pick<ServerEvent, "data">>): AsyncGenerator<Generated> {
  let tokens = { in: 0, out: 0 };
  let finish: "stop" | "length" | undefined;
  const check = newLengthCheck();
  let pieces = 0;
  for await (const { data } of events) {
    if (data.trim() === "[DONE]") break;
    const { text, usage, reason } = parseEvent(data);
    if (text) {
      check(text);
      pieces++;
      yield { type: "text", text };
    }
    if (usage) tokens = usage;
    if (reason) finish = reason === "length" ? "length" : "stop";
  }
  if (finish === undefined) throw new SynesisError("GENERATOR_FAILED", "The server stopped before the end.");
  // a server that does not count sends one piece a token
  yield { type: "usage", tokens: tokens.out > 0 ? tokens : { in: tokens.in, out: pieces }, finish };
}

interface Event {
  readonly text: string;
  readonly usage: { readonly in: number; readonly out: number } | undefined;
  readonly reason: string | undefined;
}

/** Reads one event of a server that may write anything. */
function parseEvent(event: string): Event {
  const value = parseEventObject(event);
  if (value["error"]) throw new SynesisError("GENERATOR_FAILED", "The server reported an error.");
  const choice = object(Array.isArray(value["choices"]) ? value["choices"][0] : undefined);
  const { content } = object(choice["delta"] ?? choice["message"]);
  const usage = object(value["usage"]);
  return {
    text: typeof content === "string" ? content : "",
    usage: value["usage"] ? { in: tokenCount(usage["prompt_tokens"]), out: tokenCount(usage["completion_tokens"]) } : undefined,
    reason: typeof choice["finish_reason"] === "string" ? choice["finish_reason"] : undefined,
  };
}

/** A count of tokens, as far as it is one. */
export function tokenCount(value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0 ? Number(value) : 0;
}

/** @throws SynesisError GENERATOR_FAILED */
export function parseEventObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new SynesisError("GENERATOR_FAILED", "The server wrote something that cannot be read.");
}

/** The value where it is an object; else an empty one. */
export function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}
