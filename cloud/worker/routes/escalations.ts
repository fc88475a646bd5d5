/** Asking the council in the cloud: one JSON answer, or its rounds and its answer as server-sent events. */
import * as z from "zod";
import { ledgerOf } from "../env.ts";
import { CLOUD_ERROR_CODES, CloudError } from "../errors.ts";
import { holdsSecret } from "../sessions/session.ts";
import type { EscalationEvent } from "../synapse/escalate.ts";
import { json, newRoutes, route } from "./route.ts";

const Question = z.strictObject({
  requestId: z.string().regex(/^[\w.-]{8,100}$/),
  question: z.string().min(1).max(32_000),
  passages: z.array(z.strictObject({ heading: z.string().max(2000), text: z.string().min(1).max(32_000) })).max(40),
  model: z.string().max(100).default("auto"),
  stream: z.boolean().default(false),
});

const amount = z.int().describe("nano-dollars");
const Answer = z.object({
  requestId: z.string(),
  model: z.string(),
  outcome: z.enum(["answered", "vetoed", "no_consensus", "no_evidence"]),
  reason: z.string(),
  content: z.string().nullable(),
  citations: z.array(z.object({ passage: z.int(), start: z.int(), end: z.int() })),
  score: z.number(),
  rounds: z.int(),
  mode: z.enum(["embedded", "generator"]),
  tokens: z.object({ in: z.int(), out: z.int() }),
  costNanoDollars: amount,
  chargeNanoDollars: amount,
  latencyMs: z.number(),
});

export const escalationRoutes = newRoutes().openapi(
  route({ method: "post", path: "/v1/escalations", request: json(Question) }, "ask", Answer),
  async (context) => {
    const { userId } = context.get("principal");
    const { stream, ...question } = context.req.valid("json");
    const texts = [question.question, ...question.passages.flatMap(({ heading, text }) => [heading, text])];
    if (texts.some(holdsSecret)) throw new CloudError("not_redacted");
    const { tier } = await ledgerOf(context.env, userId).balance();
    if (tier === "byok") throw new CloudError("forbidden", "On the byok tier your device asks, with your own key.");
    const lines = await context.env.CLOUD_SYNAPSE.getByName(userId).ask(userId, question);
    if (stream) return sse(lines) as never;
    const last = await lastEvent(lines);
    if (last?.event === "answer") return context.json({ ...last.data, citations: [...last.data.citations] }, 200);
    throw asError(last);
  },
);

/** Lines of JSON as server-sent events. */
function sse(lines: ReadableStream<Uint8Array>): Response {
  const events = lines
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(
      byLine((line, send) => {
        const { event, data } = JSON.parse(line) as EscalationEvent;
        send(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
      }),
    )
    .pipeThrough(new TextEncoderStream());
  return new Response(events, { headers: { "content-type": "text/event-stream" } });
}

function byLine(take: (line: string, send: (text: string) => void) => void): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line, (out) => controller.enqueue(out));
    },
  });
}

async function lastEvent(lines: ReadableStream<Uint8Array>): Promise<EscalationEvent | undefined> {
  const text = await new Response(lines).text();
  const last = text.trimEnd().split("\n").at(-1);
  return last ? (JSON.parse(last) as EscalationEvent) : undefined;
}

function asError(event: EscalationEvent | undefined): CloudError {
  const code = event?.event === "error" ? CLOUD_ERROR_CODES.find((known) => known === event.data.error.code) : undefined;
  return new CloudError(code ?? "internal");
}
