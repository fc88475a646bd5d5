import type { Agent, IncomingMessage } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import * as z from "zod/mini";
import { SynesisError } from "../../kernel/index.ts";
import { readEvents, type ServerEvent } from "../../pipeline/text/sse.ts";
import { CloudRefusal, refusalOf } from "./refusal.ts";
import { agentFor, NoAnswer, send } from "./send.ts";

export interface CloudApiOptions {
  /** Origin of the Worker: https, or http on one's own machine. */
  readonly url: string;
  /** Sent as it is, and never told; absent while signing in. */
  readonly key?: string;
  /** What helps when the key is not accepted, where it is not a new sign-in. */
  readonly whenNotSignedIn?: string;
  /** For a request with all its repeats, in ms. */
  readonly timeoutMs?: number;
  /** The pause before the first repeat, in ms; then twice as long. */
  readonly repeatMs?: number;
}

export interface CloudRequest<T> {
  /** Bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown;
  /** In the place of a body: the fields of a form. */
  readonly form?: Readonly<Record<string, string>>;
  /** What the answer has to look like. An answer without a body is undefined. */
  readonly schema: z.core.$ZodType<T>;
  readonly signal?: AbortSignal | undefined;
  /** Makes a POST safe to repeat: the cloud does requests of one key once. */
  readonly idempotencyKey?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}

type Method = "GET" | "POST" | "PUT" | "DELETE";

const TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;
const MAX_ANSWER = 8 * 1024 * 1024;

/**
 * The Worker's REST interface. GET, PUT, DELETE, and a POST with an idempotency key, are repeated when the network or a
 * gateway fails; refusals never are.
 *
 * Every method throws SynesisError: CLOUD_NOT_SIGNED_IN, CLOUD_REFUSED, CLOUD_LIMIT_REACHED, CLOUD_BUSY and CLOUD_FAILED
 * as a `CloudRefusal`; CLOUD_UNREACHABLE, CLOUD_TIMEOUT, TUNNEL_INTERRUPTED (sent, and nobody knows), TUNNEL_SERVER_UNTRUSTED;
 * or the signal's reason.
 */
export class CloudApi {
  readonly url: string;
  readonly #options: CloudApiOptions;
  readonly #agent: Agent;

  constructor(options: CloudApiOptions) {
    this.#options = options;
    this.url = new URL(options.url).origin;
    this.#agent = agentFor(new URL(this.url));
  }

  get<T>(path: string, request: CloudRequest<T>): Promise<T> {
    return this.#request("GET", path, request);
  }

  post<T>(path: string, request: CloudRequest<T>): Promise<T> {
    return this.#request("POST", path, request);
  }

  put<T>(path: string, request: CloudRequest<T>): Promise<T> {
    return this.#request("PUT", path, request);
  }

  delete<T>(path: string, request: CloudRequest<T>): Promise<T> {
    return this.#request("DELETE", path, request);
  }

  /**
   * Posts, or gets, and gives the answer's server-sent events as they come. Ending the loop ends the request. `timeoutMs` is
   * the longest silence.
   */
  async *events(
    path: string,
    { method = "POST", ...request }: Omit<CloudRequest<never>, "schema"> & { readonly method?: "GET" | "POST" },
  ): AsyncGenerator<ServerEvent> {
    const silence = new AbortController();
    const ms = request.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS;
    const timer = setTimeout(() => silence.abort(new SynesisError("CLOUD_TIMEOUT")), ms);
    const ended = new AbortController();
    const signal = AbortSignal.any([silence.signal, ended.signal, ...(request.signal ? [request.signal] : [])]);
    try {
      const answer = await this.#accepted(
        method,
        path,
        { ...request, headers: { accept: "text/event-stream", ...request.headers } },
        signal,
      );
      const alive = async function* () {
        for await (const bytes of answer) {
          timer.refresh();
          yield bytes as Uint8Array;
        }
      };
      yield* readEvents(alive());
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw this.#known(error, method, path, method === "GET");
    } finally {
      clearTimeout(timer);
      ended.abort();
    }
  }

  async #request<T>(method: Method, path: string, request: CloudRequest<T>): Promise<T> {
    const late = new SynesisError("CLOUD_TIMEOUT");
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(late), request.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS);
    const signal = request.signal ? AbortSignal.any([timer.signal, request.signal]) : timer.signal;
    const repeatable = method !== "POST" || request.idempotencyKey !== undefined;
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          return parse(request.schema, await textOf(await this.#accepted(method, path, request, signal)), method, path);
        } catch (error) {
          if (signal.aborted) throw signal.reason;
          if (attempt === ATTEMPTS || !mayRepeat(error, repeatable)) throw this.#known(error, method, path, repeatable);
        }
        const pause = (this.#options.repeatMs ?? 300) * 2 ** (attempt - 1);
        await wait(pause * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {
          throw signal.reason;
        });
      }
    } finally {
      clearTimeout(timeout);
    }
  }

  /** The answer to a request that the cloud accepted. @throws CloudRefusal, NoAnswer */
  async #accepted(
    method: Method,
    path: string,
    { body, form, idempotencyKey, headers }: Omit<CloudRequest<never>, "schema">,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    const url = new URL(path, this.url);
    if (url.origin !== this.url) throw new SynesisError("INTERNAL", "(a request to another host)");
    const { key } = this.#options;
    const sent = encode(body, form);
    const answer = await send(
      {
        method,
        url,
        body: sent?.bytes,
        signal,
        headers: {
          accept: "application/json",
          ...(sent && { "content-type": sent.type }),
          ...(key !== undefined && { authorization: `Bearer ${key}` }),
          ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
          ...headers,
        },
      },
      this.#agent,
    );
    const status = answer.statusCode ?? 0;
    if (status >= 200 && status < 300) return answer;
    const told = await textOf(answer);
    // following it would carry the key along
    if (status >= 300 && status < 400) throw new SynesisError("CLOUD_UNREACHABLE", `(${url.host} leads elsewhere)`);
    throw refusalOf(status, told);
  }

  #known(error: unknown, method: Method, path: string, repeatable: boolean): unknown {
    if (error instanceof CloudRefusal && error.code === "CLOUD_NOT_SIGNED_IN" && this.#options.whenNotSignedIn !== undefined)
      return new SynesisError("CLOUD_NOT_SIGNED_IN", undefined, { next: this.#options.whenNotSignedIn, cause: error });
    if (error instanceof SynesisError) return error;
    if (error instanceof NoAnswer)
      return error.sent && !repeatable
        ? new SynesisError("TUNNEL_INTERRUPTED", undefined, { cause: error })
        : new SynesisError("CLOUD_UNREACHABLE", `(${new URL(this.url).host})`, { cause: error });
    return new SynesisError("CLOUD_FAILED", `(${method} ${path.replace(/\?.*/, "")})`, { cause: error });
  }
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof NoAnswer) return repeatable || !error.sent;
  return repeatable && error instanceof CloudRefusal && error.isTransient;
}

function encode(
  body: unknown,
  form: Readonly<Record<string, string>> | undefined,
): { bytes: Uint8Array | string; type: string } | undefined {
  if (form) return { bytes: new URLSearchParams(form).toString(), type: "application/x-www-form-urlencoded" };
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return { bytes: body, type: "application/octet-stream" };
  return { bytes: JSON.stringify(body), type: "application/json" };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of answer) {
      size += (piece as Buffer).length;
      if (size > MAX_ANSWER) throw new SynesisError("CLOUD_FAILED", "(its answer is too long)");
      pieces.push(piece as Buffer);
    }
  } catch (error) {
    throw error instanceof SynesisError ? error : new NoAnswer(true, error);
  }
  return Buffer.concat(pieces).toString("utf8");
}

function parse<T>(schema: z.core.$ZodType<T>, text: string, method: Method, path: string): T {
  const result = z.safeParse(schema, text === "" ? undefined : parseJson(text));
  if (result.success) return result.data;
  const field = result.error.issues[0]?.path.join(".");
  throw new SynesisError(
    "CLOUD_FAILED",
    `(${method} ${path.replace(/\?.*/, "")} gave an answer of another form${field ? `: ${field}` : ""})`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return Symbol.for("not JSON"); // keeps no schema
  }
}
