/** Asking the council in the cloud: one JSON answer, or its rounds and its answer as server-sent events. */
import * as z from "zod";
import { CloudError } from "../errors.ts";
import { asError, askCouncil, Question } from "../synapse/ask-council.ts";
import type { EscalationEvent } from "../synapse/escalate.ts";
import { json, newRoutes, route } from "./route.ts";

const amount = z.int().describe("nano-dollars");
const Answer = z.object({
  requestId: z.string(),
  model: z.string(),
  adapter: z.object({ id: z.string(), name: z.string() }).nullable(),
  outcome: z.enum(["answered", "vetoed", "no_consensus", "no_evidence"]),
  reason: z.string(),
  content: z.string().nullable(),
  citations: z.array(z.object({ passage: z.int(), start: z.int(), end: z.int() })),
  shared: z
    .array(z.object({ name: z.string(), heading: z.string(), text: z.string() }))
    .describe("Passages that the cloud found itself; citations number them after those that were sent."),
  score: z.number(),
  rounds: z.int(),
  mode: z.enum(["embedded", "generator"]),
  tokens: z.object({ in: z.int(), out: z.int() }),
  costNanoDollars: amount,
  chargeNanoDollars: amount,
  latencyMs: z.number(),
  providerMs: z.number().describe("Of that, how long a provider was at work"),
});

export const escalationRoutes = newRoutes().openapi(
  route({ method: "post", path: "/v1/escalations", request: json(Question.extend({ stream: z.boolean().default(false) })) }, "ask", Answer),
  async (context) => {
    const { stream, ...question } = context.req.valid("json");
    const events = await askCouncil(context.env, context.get("principal").userId, question);
    if (stream) return new Response(events.pipeThrough(asServerSent()), { headers: { "content-type": "text/event-stream" } }) as never;
    for await (const event of events) {
      if (event.event === "answer")
        return context.json({ ...event.data, citations: [...event.data.citations], shared: [...event.data.shared] }, 200);
      if (event.event === "error") throw asError(event.data);
    }
    throw new CloudError("internal");
  },
);

function asServerSent(): TransformStream<EscalationEvent, Uint8Array> {
  const encoder = new TextEncoder();
  return new TransformStream({
    transform: ({ event, data }, controller) => controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)),
  });
}
