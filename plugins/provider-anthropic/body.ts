import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";
import { type EscalationBrief, SynesisError } from "../../kernel/index.ts";
import { messagesFor } from "../../pipeline/escalate/prompt.ts";

/** What short names stand for; `synesis config set escalation.model NAME` names any other. */
const MODELS: Readonly<Record<string, string>> = {
  auto: "claude-sonnet-5-5",
  sonnet: "claude-sonnet-5-5",
  "claude-sonnet": "claude-sonnet-5-5",
  opus: "claude-opus-5-5",
  "claude-opus": "claude-opus-5-5",
};
const MOST_TOKENS = 2048;

/** The request's body; its JSON is what is sent, byte for byte. @throws SynesisError ESCALATION_MODEL_UNKNOWN */
export function anthropicBody(brief: EscalationBrief): MessageCreateParamsStreaming {
  const model = MODELS[brief.model] ?? brief.model;
  if (/^gpt/i.test(model)) throw new SynesisError("ESCALATION_MODEL_UNKNOWN", `(${model})`);
  const [system, ...turns] = messagesFor(brief);
  return {
    model,
    max_tokens: brief.maxTokens ?? MOST_TOKENS,
    system: system?.content ?? "",
    messages: turns.map(({ role, content }) => ({ role: role === "assistant" ? "assistant" : "user", content })),
    stream: true,
  };
}
