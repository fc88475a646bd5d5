/**
 * Stands in for Anthropic, OpenAI and servers with OpenAI's interface, on loopback. It takes a request only in the form
 * that they document, keeps every byte it gets, and answers by a script.
 */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";

/** What it does for one request: what it writes, piece by piece, and how that ends. */
export interface Script {
  readonly status?: number;
  readonly location?: string;
  readonly pieces?: readonly string[];
  readonly pauseMs?: number;
  /** "unfinished": no word of an end. "twice": the end comes two times. "cut": the connection breaks. "silent": nothing more comes. */
  readonly end?: "proper" | "unfinished" | "twice" | "cut" | "silent" | "error" | "uncounted";
  /** Bytes may come in pieces of so many. */
  readonly chop?: number;
}

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** Whether the asker went away before the answer's end. */
  left: boolean;
}

export interface FakeProvider {
  readonly url: string;
  readonly received: Received[];
  /** Every byte that came, of requests' lines, headers and bodies. */
  bytes(): Buffer;
  /** What was wrong with requests, by the documented form. */
  readonly faults: string[];
  close(): void;
}

const text = z.string().min(1);
const turn = z.strictObject({ role: z.enum(["user", "assistant"]), content: text });
const Anthropic = z.strictObject({
  model: text,
  max_tokens: z.int().min(1),
  system: text,
  messages: z.array(turn).min(1),
  stream: z.literal(true),
});
const OpenAi = z
  .strictObject({
    model: text,
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: text })).min(2),
    max_tokens: z.int().min(1).optional(),
    max_completion_tokens: z.int().min(1).optional(),
    stream: z.literal(true),
    stream_options: z.strictObject({ include_usage: z.literal(true) }),
  })
  .refine((body) => (body.max_tokens === undefined) !== (body.max_completion_tokens === undefined));

export const KEY = "sk-test-loopback-only";
/** What a request may say of itself: nothing of the machine. */
const HEADERS = [
  "accept",
  "accept-encoding",
  "accept-language",
  "connection",
  "content-length",
  "content-type",
  "host",
  "sec-fetch-mode",
  "user-agent",
];
const FORMS = {
  "/v1/messages": { schema: Anthropic, key: "authorization", value: `Bearer ${KEY}`, more: ["anthropic-version"] },
  "/v1/chat/completions": { schema: OpenAi, key: "authorization", value: `Bearer ${KEY}`, more: [] },
} as const;

/** @param answer says what to do for each request, the first being 1. */
export async function startFakeProvider(answer: (body: string, count: number) => Script): Promise<FakeProvider> {
  const received: Received[] = [];
  const faults: string[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request.setEncoding("utf8")) body += piece;
    const entry: Received = { path: request.url ?? "", headers: request.headers, body, left: false };
    received.push(entry);
    response.on("close", () => {
      entry.left = !response.writableFinished;
    });
    const form = FORMS[entry.path as keyof typeof FORMS];
    const fault = form ? faultOf(request.method ?? "", request.headers, body, form) : `no such path: ${entry.path}`;
    if (fault) {
      faults.push(fault);
      return void response.writeHead(400).end(body); // as providers do, it quotes the request
    }
    await play(response, answer(body, received.length), entry.path === "/v1/messages" ? anthropic : openAi);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    faults,
    close: () => void server.close().closeAllConnections(),
    bytes: () => Buffer.from(received.map(({ path, headers, body }) => `${path}\n${JSON.stringify(headers)}\n${body}`).join("\n")),
  };
}

function faultOf(method: string, headers: IncomingHttpHeaders, body: string, form: (typeof FORMS)[keyof typeof FORMS]): string | undefined {
  if (method !== "POST") return `method ${method}`;
  if (headers[form.key] !== form.value) return `${form.key} is ${String(headers[form.key])}`;
  if (headers["content-type"] !== "application/json") return "it is no JSON";
  const more = Object.keys(headers).filter((name) => ![...HEADERS, form.key, ...form.more].includes(name));
  if (more.length > 0) return `headers that say more than needed: ${more.join(", ")}`;
  const parsed = form.schema.safeParse(JSON.parse(body));
  return parsed.success ? undefined : parsed.error.message;
}

interface Format {
  begin(): object[];
  piece(content: string): object;
  /** @param written pieces. */
  end(written: number, counted: boolean): object[];
  readonly error: object;
  readonly done: string;
}

const anthropic: Format = {
  begin: () => [
    {
      type: "message_start",
      message: {
        id: "msg_1",
        type: "message",
        role: "assistant",
        model: "claude-sonnet-5-5",
        content: [],
        usage: { input_tokens: 1200, output_tokens: 1 },
      },
    },
    { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
    { type: "ping" },
  ],
  piece: (content) => ({ type: "content_block_delta", index: 0, delta: { type: "text_delta", text: content } }),
  end: (written) => [
    { type: "content_block_stop", index: 0 },
    { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: written * 10 } },
    { type: "message_stop" },
  ],
  error: { type: "error", error: { type: "overloaded_error", message: "Overloaded: secret prompt" } },
  done: "",
};

const openAi: Format = {
  begin: () => [chunk([{ index: 0, delta: { role: "assistant", content: "" }, finish_reason: null }])],
  piece: (content) => chunk([{ index: 0, delta: { content }, finish_reason: null }]),
  end: (written, counted) => [
    chunk([{ index: 0, delta: {}, finish_reason: "stop" }]),
    ...(counted
      ? [{ ...chunk([]), usage: { prompt_tokens: 1200, completion_tokens: written * 10, total_tokens: 1200 + written * 10 } }]
      : []),
  ],
  error: { error: { message: "Overloaded: secret prompt" } },
  done: "data: [DONE]\n\n",
};

function chunk(choices: readonly object[]): object {
  return { id: "c1", object: "chat.completion.chunk", created: 1, model: "gpt-4.1", choices };
}

async function play(response: ServerResponse, script: Script, format: Format): Promise<void> {
  const { status = 200, location, pieces = [], pauseMs = 0, end = "proper", chop } = script;
  if (status !== 200) return void response.writeHead(status, location ? { location } : {}).end('{"error":{"message":"secret prompt"}}');
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = async (event: object) => {
    const bytes = Buffer.from(`event: ${(event as { type?: string }).type ?? "message"}\ndata: ${JSON.stringify(event)}\n\n`);
    const size = chop ?? bytes.length;
    for (let at = 0; at < bytes.length && !response.destroyed; at += size)
      if (!response.write(bytes.subarray(at, at + size))) await Promise.race([once(response, "drain"), once(response, "close")]);
  };
  for (const event of format.begin()) await send(event);
  for (const piece of pieces) {
    await send(format.piece(piece));
    if (pauseMs > 0) await sleep(pauseMs);
    if (response.destroyed) return;
  }
  if (end === "silent") return;
  if (end === "cut") return void setTimeout(() => response.destroy(), 20);
  if (end === "error") await send(format.error);
  const ends = end === "unfinished" || end === "error" ? 0 : end === "twice" ? 2 : 1;
  for (let i = 0; i < ends; i += 1) for (const event of format.end(pieces.length, end !== "uncounted")) await send(event);
  response.end(ends > 0 ? format.done : "");
}
