/**
 * A stand-in for Anthropic's Messages API, as a real HTTP server: it refuses what is not in the API's form, has the
 * stand-in for OpenAI write the text, and gives it as Anthropic's events. How it behaves stands in the path, as there.
 */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type * as z from "zod";
import { faultOfHeaders, MessageRequest } from "./requests.ts";

export interface FakeAnthropic {
  readonly url: string;
  /** What was wrong with requests so far. */
  readonly faults: string[];
  close(): Promise<void>;
}

interface Written {
  readonly choices?: readonly { readonly delta?: { readonly content?: string }; readonly finish_reason?: string | null }[];
  readonly usage?: { readonly completion_tokens: number };
}

/** Of what is sent, in tokens. */
export const SENT_TOKENS = 25;

export async function startFakeAnthropic({ key, writer }: { readonly key: string; readonly writer: string }): Promise<FakeAnthropic> {
  const faults: string[] = [];
  const server = createServer((request, response) => {
    answer(request, response, { key, writer, faults }).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    async close() {
      server.close().closeAllConnections();
      await once(server, "close");
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { key, writer, faults }: { readonly key: string; readonly writer: string; readonly faults: string[] },
): Promise<void> {
  const [, behaviour = ""] = /^\/([\w-]+)\/v1\/messages$/.exec(request.url ?? "") ?? [];
  const { data, error } = MessageRequest.safeParse(JSON.parse(await text(request)));
  const fault = faultOfHeaders(request.headers, key) ?? (error && { status: 400, message: error.message });
  if (!data || fault || !behaviour) {
    faults.push(fault?.message ?? `no such path: ${request.url}`);
    return refuse(response, fault?.status ?? 404);
  }
  const left = new AbortController();
  response.once("close", () => left.abort());
  const written = await fetch(`${writer}/${behaviour}/v1/chat/completions`, {
    method: "POST",
    body: JSON.stringify(asChat(data)),
    redirect: "manual",
    signal: left.signal,
  });
  if (!written.ok || !written.body) return refuse(response, written.status);
  await relay(written.body, response, data.tools !== undefined);
}

function asChat({ system, messages, max_tokens, tools }: z.infer<typeof MessageRequest>) {
  const told = system === undefined ? [] : [{ role: "system", content: system }];
  const [tool] = tools ?? [];
  const form = tool && { response_format: { type: "json_schema", json_schema: { schema: tool.input_schema } } };
  return { max_tokens, messages: [...told, ...messages], ...form };
}

async function relay(body: ReadableStream<Uint8Array>, response: ServerResponse, asTool: boolean): Promise<void> {
  const send = (type: string, more: object = {}) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  send("message_start", { message: { id: "msg_1", type: "message", usage: { input_tokens: SENT_TOKENS, output_tokens: 1 } } });
  send("content_block_start", {
    index: 0,
    content_block: asTool ? { type: "tool_use", id: "t", name: "answer", input: {} } : { type: "text" },
  });
  send("ping");
  let reason = "";
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (event === "data: [DONE]") continue;
      const { choices: [choice] = [], usage } = JSON.parse(event.slice("data: ".length)) as Written;
      const content = choice?.delta?.content;
      if (content) send("content_block_delta", { index: 0, delta: deltaOf(content, asTool) });
      if (choice?.finish_reason) reason = choice.finish_reason === "length" ? "max_tokens" : asTool ? "tool_use" : "end_turn";
      if (!usage) continue;
      send("content_block_stop", { index: 0 });
      send("message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: usage.completion_tokens } });
      send("message_stop");
    }
  }
  response.end();
}

const deltaOf = (content: string, asTool: boolean) =>
  asTool ? { type: "input_json_delta", partial_json: content } : { type: "text_delta", text: content };

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ type: "error", error: { type: "some_error", message: "secret prompt" } }));
}
