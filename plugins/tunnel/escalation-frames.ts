/** A brief as the wire has it, and the answer's chunks as the kernel has them. */
import { type Citation, CloudModel, Outcome, Phase, Role, type StreamEnd } from "../../cloud/wire/generated/cloud_pb.js";
import type { InitOf, MessageOf } from "../../cloud/wire/messages.ts";
import type { CloudPiece, EscalationBrief } from "../../kernel/index.ts";
import { CloudRefusal } from "./link/refusal.ts";
import { framesOf } from "./request-frames.ts";

const MODELS: Readonly<Record<string, CloudModel>> = {
  auto: CloudModel.AUTO,
  sonnet: CloudModel.CLAUDE_SONNET,
  "claude-sonnet": CloudModel.CLAUDE_SONNET,
  opus: CloudModel.CLAUDE_OPUS,
  "claude-opus": CloudModel.CLAUDE_OPUS,
  gpt: CloudModel.GPT_4_TURBO,
  "gpt-4-turbo": CloudModel.GPT_4_TURBO,
};

/** Neither user nor session is named: the gateway knows the device, and a session's name is its user's own. */
export function escalationInit(brief: EscalationBrief): InitOf<"escalationRequest"> {
  const {
    requestId,
    question,
    passages,
    framing,
    history = [],
    constraints = [],
    model,
    maxTokens = 0,
    project,
    adapter,
    shared = false,
  } = brief;
  return {
    requestId,
    query: question,
    context: {
      ...(framing === undefined ? {} : { pathosFraming: framing }),
      localKnowledge: passages.map(knowledgeOf),
      conversationHistory: history.flatMap((said) => [
        { role: Role.USER, content: said.question },
        { role: Role.ASSISTANT, content: said.answer },
      ]),
      constraints: [...constraints],
    },
    ...(MODELS[model] === undefined ? { model: CloudModel.NAMED, modelId: model } : { model: MODELS[model] }),
    maxTokens,
    stream: true,
    ...(project && { projectId: project.id }),
    ...(adapter && { loraId: adapter.id }),
    shared,
  };
}

/** The exact bytes of the request. @param timeoutMs until the first piece @throws WireError "too long" */
export function escalationFrames(brief: EscalationBrief, timeoutMs: number): Uint8Array {
  return framesOf("escalationRequest", escalationInit(brief), { idempotencyKey: brief.requestId, timeoutMs });
}

const knowledgeOf = ({ heading, text }: EscalationBrief["passages"][number]) => `${leadOf(heading)}${text}`;
const leadOf = (heading: string) => (heading === "" ? "" : `${heading}\n\n`);

const PHASES = { [Phase.THINKING]: "thinking", [Phase.RESPONDING]: "responding", [Phase.VERIFYING]: "verifying" } as const;

/** Undefined for a chunk that says nothing. @throws CloudRefusal for one that ends it with an error */
export function pieceOf({ chunk }: MessageOf<"streamChunk">, brief: EscalationBrief): CloudPiece | undefined {
  if (chunk.case === "content") return { type: "text", text: chunk.value };
  if (chunk.case === "error") throw new CloudRefusal(chunk.value as MessageOf<"error">);
  if (chunk.case === "end") return endOf(chunk.value, brief);
  if (chunk.case !== "metadata") return undefined;
  const phase = PHASES[chunk.value.phase as keyof typeof PHASES];
  return phase && { type: "agent", agent: chunk.value.agent, phase };
}

const DECLINED = {
  [Outcome.VETOED]: "vetoed",
  [Outcome.NO_CONSENSUS]: "no_consensus",
  [Outcome.NO_EVIDENCE]: "no_evidence",
} as const;

function endOf(
  { tokensUsed, costNanoDollars, chargeNanoDollars, modelUsed, loraUsed, decision, shared }: StreamEnd,
  brief: EscalationBrief,
): CloudPiece {
  const outcome = decision && DECLINED[decision.outcome as keyof typeof DECLINED];
  return {
    type: "end",
    model: modelUsed || brief.model,
    ...(loraUsed && { adapter: loraUsed }),
    ...(shared.length > 0 && { shared: shared.map(({ name, heading, text }) => ({ name, heading, text })) }),
    tokens: { in: tokensUsed?.prompt ?? 0, out: tokensUsed?.completion ?? 0 },
    cost: { nanoDollars: amount(costNanoDollars), chargeNanoDollars: amount(chargeNanoDollars) },
    ...(decision && outcome === undefined ? { citations: decision.citations.map((citation) => quoteOf(citation, brief)) } : {}),
    ...(decision && outcome !== undefined ? { declined: { outcome, reason: decision.reason } } : {}),
  };
}

/** As a range of the passage's text, which the wire has behind its heading. */
function quoteOf({ passage, start, end }: Citation, { passages }: EscalationBrief) {
  const lead = leadOf(passages[passage]?.heading ?? "").length;
  return { passage, start: Math.max(0, start - lead), end: end - lead };
}

/** An amount that a double does not hold exactly is none that a question costs. */
function amount(nanoDollars: bigint): number {
  return nanoDollars < 0n ? 0 : Math.min(Number(nanoDollars), Number.MAX_SAFE_INTEGER);
}
