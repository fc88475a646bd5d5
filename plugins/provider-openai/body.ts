import type { ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import { type EscalationBrief, SynesisError } from "../../kernel/index.ts";
import { messagesFor } from "../../pipeline/escalate/prompt.ts";

/** What short names stand for at OpenAI; other servers have models of their own. */
const MODELS: Readonly<Record<string, string>> = { auto: "gpt-5.5", gpt: "gpt-5.5" };
const MOST_TOKENS = 2048;

/**
 * The request's body; its JSON is what is sent, byte for byte.
 *
 * @param own whether it goes to OpenAI itself: others know the older name of the limit only
 * @throws SynesisError ESCALATION_MODEL_UNKNOWN
 */
export function openAiBody(brief: EscalationBrief, own: boolean): ChatCompletionCreateParamsStreaming {
  const model = own ? (MODELS[brief.model] ?? brief.model) : brief.model;
  const foreign = own ? /^(?:claude|sonnet$|opus$)/i : /^(?:auto|sonnet|opus|gpt)?$/;
  if (foreign.test(model)) throw new SynesisError("ESCALATION_MODEL_UNKNOWN", `(${model || "escalation.model is not set"})`);
  const most = brief.maxTokens ?? MOST_TOKENS;
  return {
    model,
    messages: messagesFor(brief).map(({ role, content }) => ({ role, content })),
    ...(own ? { max_completion_tokens: most } : { max_tokens: most }),
    stream: true,
    stream_options: { include_usage: true },
  };
}
