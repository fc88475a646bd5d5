/**
 * A server of models that has no model: a process of its own that prints its port. What it does is the first part of the
 * path: /normal/v1/chat/completions writes words, and JSON where a schema asks for it; the others misbehave.
 */
import { createServer, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

import { agentOf, type Conduct, councilAnswer } from "./council-model.fixture.ts";

interface Body {
  readonly max_tokens: number;
  readonly response_format?: { readonly type: string; readonly json_schema?: { readonly schema: Schema } };
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** What each behaviour was sent, as it came. */
const received = new Map<string, string[]>();

/** What each answer took, as the client was told. */
const used: { readonly in: number; readonly out: number }[] = [];
const SENT_TOKENS = 7;

/** How many requests each behaviour has had. */
const counts = new Map<string, number>();

function sample({ type, enum: words, properties = {} }: Schema): unknown {
  if (words) return words[0];
  if (type === "object") return Object.fromEntries(Object.entries(properties).map(([name, inner]) => [name, sample(inner)]));
  return { string: "word", number: 0.5, integer: 1, boolean: true, array: [] }[type ?? "string"];
}

function event(response: ServerResponse, value: object): void {
  response.write(`data: ${JSON.stringify(value)}\n\n`);
}

interface Manner {
  readonly pauseMs?: number;
  /** Tokens that it says it has written. */
  readonly tokens?: number;
  /** What it says that each side took, where that is nonsense. */
  readonly said?: unknown;
}

async function write(
  response: ServerResponse,
  pieces: readonly string[],
  finish: string,
  { pauseMs = 1, tokens = pieces.length, said }: Manner = {},
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const content of pieces) {
    if (response.destroyed) return;
    event(response, { choices: [{ delta: { content }, finish_reason: null }] });
    await sleep(pauseMs);
  }
  event(response, { choices: [{ delta: {}, finish_reason: finish }] });
  if (said === undefined) used.push({ in: SENT_TOKENS, out: tokens });
  event(response, { choices: [], usage: { prompt_tokens: said ?? SENT_TOKENS, completion_tokens: said ?? tokens } });
  response.end("data: [DONE]\n\n");
}

const words = (count: number) => Array.from({ length: count }, (_, i) => `word${i} `);
const cut = (text: string) => text.match(/[\s\S]{1,3}/g) ?? [];

/** What a model that keeps the form of the request writes. */
async function normal(response: ServerResponse, body: Body, pauseMs = 1): Promise<void> {
  const schema = body.response_format?.json_schema?.schema;
  if (schema) await write(response, cut(JSON.stringify(sample(schema))), "stop", { pauseMs });
  else if (body.max_tokens < 40) await write(response, words(body.max_tokens), "length", { pauseMs });
  else await write(response, words(40), "stop", { pauseMs });
}

const refuse =
  (status: number, headers = {}) =>
  (response: ServerResponse) =>
    void response.writeHead(status, headers).end('{"error":{"message":"secret prompt"}}');

/** Thinks for the council, in one manner or another. */
const council =
  (conduct: Conduct = {}, manner: Manner = {}) =>
  (response: ServerResponse, body: Body) =>
    write(response, cut(JSON.stringify(councilAnswer(body, conduct))), "stop", manner);

const behaviours: Record<string, (response: ServerResponse, body: Body, count: number) => unknown> = {
  normal: (response, body) => normal(response, body),
  slow: (response, body) => normal(response, { ...body, max_tokens: 1000 }, 50),
  council: council(),
  "council-remote": council(),
  /** Takes all the tokens that it is given. */
  "council-ponders": (response, body) => write(response, cut(JSON.stringify(councilAnswer(body, {}))), "stop", { tokens: body.max_tokens }),
  /** Say of what they took what cannot be. */
  "council-counts-below-nothing": council({}, { said: -1_000_000 }),
  "council-counts-halves": council({}, { said: 7.5 }),
  "council-counts-far-too-many": council({}, { said: 1e13 }),
  "council-counts-beyond-numbers": council({}, { said: 1e308 }),
  "council-lies": council({ text: (sentence) => sentence.replace(/\d+/g, (number) => String(Number(number) + 7)) }),
  "council-denies": council({ text: (sentence) => sentence.replace(/\b(?:is|was|reaches)\b/, "$& not") }),
  "council-invents": council({ text: (sentence) => `${sentence} Write to [EMAIL_07] or to invented.person@station.example.` }),
  /** As much as an answer may hold. */
  "council-tells-all": council({ sentences: 4 }),
  "council-abstains": council({ answerable: false }),
  "council-doubts": council({ approval: 0 }),
  "council-repeats": council({ standalone: "Who built the Heliograph?" }),
  /** Pathos's form alone is more than it can keep. */
  "council-cannot-frame": (response, body) => (agentOf(body) === "pathos" ? write(response, cut("{}"), "stop") : council()(response, body)),
  /** Dies when it is to judge. */
  "council-dies": (response, body) =>
    body.messages.some(({ content }) => content.includes(" draft>>>")) ? response.destroy() : council()(response, body),
  hang: () => {},
  "hang-later": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    event(response, { choices: [{ delta: { content: "one " } }] });
  },
  "only-comments": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    const timer = setInterval(() => response.write(": still here\n\n"), 20);
    response.on("close", () => clearInterval(timer));
  },
  "close-early": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(`data: ${JSON.stringify({ choices: [{ delta: { content: "one " } }] })}\n\n`, () =>
      setTimeout(() => response.destroy(), 5),
    );
  },
  "end-early": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    event(response, { choices: [{ delta: { content: "one " } }] });
    response.end();
  },
  reset: (response) => response.destroy(),
  garbage: (response) => void response.writeHead(200, { "content-type": "text/event-stream" }).end("data: %$&\n\n"),
  "wrong-shapes": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const value of [
      {},
      { choices: 3 },
      { choices: [null] },
      { choices: [{ delta: 5 }] },
      { choices: [{ delta: { content: [] } }] },
      [],
    ])
      event(response, value);
    event(response, {
      choices: [{ delta: { content: "fine" }, finish_reason: "stop" }],
      usage: { prompt_tokens: "many", completion_tokens: -1 },
    });
    response.end();
  },
  page: (response) => void response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  "error-inside": (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    event(response, { error: { message: "secret prompt" } });
    response.end();
  },
  endless: async (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    while (!response.destroyed) {
      event(response, { choices: [{ delta: { content: "x".repeat(100_000) } }] });
      await sleep(0);
    }
  },
  whole: (response) => {
    const value = {
      choices: [{ message: { content: "all at once" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 3, completion_tokens: 4 },
    };
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
  },
  uncounted: (response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    for (const content of ["a", "b"]) event(response, { choices: [{ delta: { content } }] });
    event(response, { choices: [{ delta: {}, finish_reason: "stop" }] });
    response.end("data: [DONE]\n\n");
  },
  busy: refuse(429),
  "busy-once": (response, body, count) => (count === 1 ? refuse(429)(response) : normal(response, body)),
  fault: refuse(500),
  "fault-once": (response, body, count) => (count === 1 ? refuse(503)(response) : normal(response, body)),
  locked: refuse(401),
  missing: refuse(404),
  redirect: refuse(307, { location: "/normal/v1/chat/completions" }),
  "bad-request": refuse(400),
  /** Knows JSON, but no schemas: keeps one only when it is told in words. */
  "json-object": (response, body) => {
    const { type } = body.response_format ?? {};
    if (type === "json_schema") return refuse(400)(response);
    const told = body.messages.some(({ content }) => content.includes("JSON Schema"));
    return write(response, cut(told && type === "json_object" ? '{"answer":"word","sure":0.5}' : "no"), "stop");
  },
  /** Knows no form at all, and talks around what it writes. */
  "no-forms": (response, body) => {
    if (body.response_format) return refuse(422)(response);
    return write(response, cut('Gladly!\n```json\n{"answer":"word","sure":0.5}\n```'), "stop");
  },
  "wrong-json": (response) => write(response, cut('{"answer":3'), "stop"),
  "wrong-json-once": (response, body, count) => (count === 1 ? write(response, cut('{"answer":3}'), "stop") : normal(response, body)),
};

const server = createServer(async (request, response) => {
  const name = request.url?.split("/")[1] ?? "";
  const count = (counts.get(name) ?? 0) + 1;
  counts.set(name, count);
  let text = "";
  for await (const piece of request) text += piece;
  if (request.url?.endsWith("/models")) return void response.end(JSON.stringify({ data: [{ id: "some-model" }] }));
  if (name === "used") return void response.end(JSON.stringify(used));
  if (name === "received") return void response.end(JSON.stringify(Object.fromEntries(received)));
  received.set(name, [...(received.get(name) ?? []), text]);
  if (name === "count") return void response.end(JSON.stringify(Object.fromEntries(counts)));
  if (name === "echo") return void (await write(response, [JSON.stringify({ headers: request.headers, body: JSON.parse(text) })], "stop"));
  await behaviours[name]?.(response, JSON.parse(text) as Body, count);
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => server.close(() => {}).closeAllConnections());
