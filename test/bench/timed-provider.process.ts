/**
 * A provider of models that takes a set time to its first word and writes at a set pace. It tells for how long any request
 * was open: what an escalation takes at least, however many calls are at work at a time. Paths: /paced/…, and /fast/…, which
 * writes long text without a pause.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { councilAnswer } from "../../plugins/generator-openai/council-model.fixture.ts";

const FIRST_MS = 200;
const PIECE = { characters: 4, ms: 5 };
const LONG_WORDS = 32_000;

let open = 0;
let begun = 0;
let busyMs = 0;

function begin(): void {
  if (open === 0) begun = performance.now();
  open += 1;
}

function end(): void {
  open -= 1;
  if (open === 0) busyMs += performance.now() - begun;
}

async function write(response: ServerResponse, pieces: Iterable<string>, pauseMs: number): Promise<void> {
  const send = (value: object) => response.write(`data: ${JSON.stringify(value)}\n\n`);
  await sleep(FIRST_MS);
  response.writeHead(200, { "content-type": "text/event-stream" });
  let count = 0;
  for (const content of pieces) {
    const room = send({ choices: [{ delta: { content }, finish_reason: null }] });
    count += 1;
    if (pauseMs > 0) await sleep(pauseMs);
    else if (!room) await new Promise((resolve) => response.once("drain", resolve));
  }
  send({ choices: [{ delta: {}, finish_reason: "stop" }] });
  send({ choices: [], usage: { prompt_tokens: 7, completion_tokens: count } });
  response.end("data: [DONE]\n\n");
}

function* longText(): Generator<string> {
  for (let i = 0; i < LONG_WORDS; i += 1) yield `word${i % 10} `;
}

const server = createServer(async (request, response) => {
  if (request.method === "GET") {
    response.end(JSON.stringify({ busyMs }));
    busyMs = 0;
    return;
  }
  begin();
  const body = JSON.parse(await text(request));
  if (request.url?.startsWith("/fast/")) await write(response, longText(), 0);
  else await write(response, JSON.stringify(councilAnswer(body, {})).match(new RegExp(`.{1,${PIECE.characters}}`, "gs")) ?? [], PIECE.ms);
  end();
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on("disconnect", () => server.close(() => {}).closeAllConnections());
