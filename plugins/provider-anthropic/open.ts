import { Anthropic } from "@anthropic-ai/sdk";
import type { MessageCreateParamsStreaming } from "@anthropic-ai/sdk/resources/messages";
import { SynesisError } from "../../kernel/index.ts";
import type { ProviderPiece } from "../../pipeline/escalate/ask-provider.ts";
import type { DirectOptions, DirectQuestion } from "../../pipeline/escalate/direct.ts";

const ADDRESS = "https://api.anthropic.com";

/** The answer's pieces, read from Anthropic's stream. Nothing is taken from the environment but what `key` gives. */
export function openAnthropic(body: MessageCreateParamsStreaming, { baseUrl = ADDRESS, key }: DirectOptions): DirectQuestion["open"] {
  return async function* open(signal, fetch): AsyncGenerator<ProviderPiece> {
    const client = new Anthropic({ apiKey: key() ?? null, authToken: null, baseURL: baseUrl, fetch, maxRetries: 0, logLevel: "off" });
    let whole = false;
    for await (const event of await client.messages.create(body, { signal })) {
      if (event.type === "message_start") {
        const { model, usage } = event.message;
        // What was read from a cache of the provider's is counted as if it were not: never too little.
        const cached = (usage.cache_creation_input_tokens ?? 0) + (usage.cache_read_input_tokens ?? 0);
        yield { type: "usage", model, tokens: { in: usage.input_tokens + cached } };
      } else if (event.type === "content_block_delta" && event.delta.type === "text_delta") yield { type: "text", text: event.delta.text };
      else if (event.type === "message_delta") {
        yield { type: "usage", tokens: { out: event.usage.output_tokens } };
        if (event.delta.stop_reason === "refusal") throw new SynesisError("ESCALATION_FAILED", "The model would not answer.");
        whole = true;
      } else if (event.type === "message_stop" && whole) {
        yield { type: "end" };
        return;
      }
    }
  };
}
