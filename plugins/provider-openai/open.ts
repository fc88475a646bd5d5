import { OpenAI } from "openai";
import type { ChatCompletionCreateParamsStreaming } from "openai/resources/chat/completions";
import { SynesisError } from "../../kernel/index.ts";
import type { ProviderPiece } from "../../pipeline/escalate/ask-provider.ts";
import type { DirectOptions, DirectQuestion } from "../../pipeline/escalate/direct.ts";

const ADDRESS = "https://api.openai.com/v1";

/** The answer's pieces, read from the stream of a chat. Nothing is taken from the environment but what `key` gives. */
export function openOpenAi(body: ChatCompletionCreateParamsStreaming, { baseUrl = ADDRESS, key }: DirectOptions): DirectQuestion["open"] {
  return async function* open(signal, fetch): AsyncGenerator<ProviderPiece> {
    const apiKey = key();
    const client = new OpenAI({
      apiKey: apiKey ?? "none",
      ...(apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
      baseURL: baseUrl,
      organization: null,
      project: null,
      fetch,
      maxRetries: 0,
      logLevel: "off",
    });
    let finished = false;
    for await (const { model, choices, usage } of await client.chat.completions.create(body, { signal })) {
      const [choice] = choices ?? [];
      if (choice?.delta?.content) yield { type: "text", text: choice.delta.content };
      if (usage) yield { type: "usage", ...(model && { model }), tokens: { in: usage.prompt_tokens, out: usage.completion_tokens } };
      if (choice?.finish_reason === "content_filter") throw new SynesisError("ESCALATION_FAILED", "The provider would not go on.");
      finished ||= Boolean(choice?.finish_reason);
    }
    if (finished) yield { type: "end" };
  };
}
