/** Escalations in frames: one answer, or metadata, pieces of the answer and an end. */
import { CloudModel, type Message, Outcome, Phase, Role } from "../../wire/generated/cloud_pb.js";
import { encodeMessage, type InitOf, type MessageOf } from "../../wire/messages.ts";
import { CloudError } from "../errors.ts";
import { asError, askCouncil, Question } from "../synapse/ask-council.ts";
import type { EscalationAnswer, EscalationEvent } from "../synapse/escalate.ts";
import type { TunnelCall } from "./handlers.ts";
import { protocolError } from "./protocol-error.ts";

const MODELS: Partial<Record<CloudModel, string>> = {
  [CloudModel.UNSPECIFIED]: "auto",
  [CloudModel.AUTO]: "auto",
  [CloudModel.CLAUDE_SONNET]: "claude-sonnet",
  [CloudModel.CLAUDE_OPUS]: "claude-opus",
  [CloudModel.GPT_4_TURBO]: "gpt-4-turbo",
};
const OUTCOMES = {
  answered: Outcome.ANSWERED,
  vetoed: Outcome.VETOED,
  no_consensus: Outcome.NO_CONSENSUS,
  no_evidence: Outcome.NO_EVIDENCE,
} as const;
/** Words to a piece of at most so many characters; never half of a character. */
const PIECES = /[\s\S]{1,200}(?=\s|$)|[\s\S]{1,200}/gu;

export async function escalate({ env, principal, message }: TunnelCall<"escalationRequest">): Promise<ReadableStream<Uint8Array>> {
  if (message.userId && message.userId !== principal.userId) throw new CloudError("forbidden", "userId");
  const { success, data, error } = Question.safeParse(asQuestion(message));
  if (!success)
    throw new CloudError("invalid_request", [...new Set(error.issues.map(({ path }) => path.join(".")))].slice(0, 5).join(", "));
  const events = await askCouncil(env, principal.userId, data);
  return events.pipeThrough(message.stream ? asChunks(message.requestId) : asOneFrame());
}

function asQuestion({ requestId, query, context, model, modelId, loraId, projectId, maxTokens, shared }: MessageOf<"escalationRequest">) {
  return {
    requestId,
    question: query,
    framing: context?.pathosFraming || undefined,
    constraints: context?.constraints ?? [],
    maxTokens: maxTokens || undefined,
    passages: (context?.localKnowledge ?? []).map((text) => ({ heading: "", text })),
    history: exchangesOf(context?.conversationHistory ?? []),
    model: MODELS[model] ?? modelId,
    ...(loraId && { loraId }),
    projectId: projectId || undefined,
    shared,
  };
}

/** Questions of the user, each with the answer that follows it. */
function exchangesOf(messages: readonly Message[]): { question: string; answer: string }[] {
  return messages.flatMap(({ role, content: question }, at) => {
    const next = messages[at + 1];
    return role === Role.USER && next?.role === Role.ASSISTANT ? [{ question, answer: next.content }] : [];
  });
}

function asOneFrame(): TransformStream<EscalationEvent, Uint8Array> {
  return new TransformStream({
    transform(told, controller) {
      if (told.event === "error") controller.enqueue(encodeMessage("error", protocolError(asError(told.data))));
      if (told.event === "answer") controller.enqueue(encodeMessage("escalationResponse", asResponse(told.data)));
    },
  });
}

/** An error before the first piece is one of the request; after it, one of the stream. */
function asChunks(requestId: string): TransformStream<EscalationEvent, Uint8Array> {
  let begun = false;
  return new TransformStream({
    transform(told, controller) {
      if (told.event === "error" && !begun) return controller.enqueue(encodeMessage("error", protocolError(asError(told.data))));
      begun = true;
      for (const chunk of chunksOf(told)) controller.enqueue(encodeMessage("streamChunk", { requestId, chunk }));
    },
  });
}

type Chunk = NonNullable<InitOf<"streamChunk">["chunk"]>;

function chunksOf({ event, data }: EscalationEvent): Chunk[] {
  if (event === "error") return [{ case: "error", value: protocolError(asError(data)) }];
  if (event === "metadata") {
    const phase = data.phase === "verifying" ? Phase.VERIFYING : Phase.THINKING;
    return [{ case: "metadata", value: { agent: data.agent, phase } }];
  }
  const pieces = (data.content?.match(PIECES) ?? []).map((value): Chunk => ({ case: "content", value }));
  const { tokensUsed, costNanoDollars, chargeNanoDollars, modelUsed, loraUsed, decision, latencyMs, shared } = asResponse(data);
  const end: Chunk = {
    case: "end",
    value: { tokensUsed, costNanoDollars, chargeNanoDollars, modelUsed, loraUsed, decision, totalLatencyMs: latencyMs, shared },
  };
  return [{ case: "metadata", value: { agent: "logos", phase: Phase.RESPONDING } }, ...pieces, end];
}

function asResponse({ requestId, content, model, adapter, tokens, outcome, reason, citations, score, rounds, ...more }: EscalationAnswer) {
  return {
    requestId,
    content: content ?? "",
    modelUsed: model,
    loraUsed: adapter?.id ?? "",
    tokensUsed: { prompt: tokens.in, completion: tokens.out },
    costNanoDollars: BigInt(more.costNanoDollars),
    chargeNanoDollars: BigInt(more.chargeNanoDollars),
    latencyMs: Math.round(more.latencyMs),
    decision: { outcome: OUTCOMES[outcome], reason, citations: [...citations], score, rounds },
    shared: [...more.shared],
  };
}
