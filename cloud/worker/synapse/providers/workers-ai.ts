/** Workers AI, by the binding that Cloudflare gives: its models need no key, and no address. */
import { type Generated, SynesisError } from "../../../../kernel/index.ts";
import {
  type Dialect,
  FormRefused,
  newLengthCheck,
  object,
  parseEventObject,
  tokenCount,
} from "../../../../plugins/generator-openai/chat.ts";

/** Of the binding, what is used here. */
export interface AiBinding {
  run(model: string, input: object, options: { readonly returnRawResponse: true; readonly signal?: AbortSignal }): Promise<Response>;
}

export function workersAi(binding: AiBinding): Dialect {
  return {
    path: "",
    headers: () => ({}),
    // With a schema it does not stream.
    body({ model, messages, max_tokens, response_format, fields }) {
      if (response_format && !response_format.json_schema) throw new FormRefused("JSON without a schema");
      const schema = response_format?.json_schema?.schema;
      const form = schema ? { response_format: { type: "json_schema", json_schema: schema } } : { stream: true };
      return { model, messages, max_tokens, ...fields, ...form };
    },
    async fetch(_url, { body, signal }) {
      const { model, ...input } = JSON.parse(String(body)) as { model: string };
      return binding.run(model, input, { returnRawResponse: true, ...(signal && { signal }) });
    },
    read,
  };
}

async function* read(...[events, { max_tokens }]: Parameters<Dialect["read"]>): AsyncGenerator<Generated> {
  let usage: Readonly<Record<string, unknown>> = {};
  let pieces = 0;
  const check = newLengthCheck();
  for await (const { data } of events) {
    if (data.trim() === "[DONE]") break;
    const event = parseEventObject(data);
    const value = "result" in event ? object(event["result"]) : event;
    if (event["errors"] && event["success"] === false) throw new SynesisError("GENERATOR_FAILED", "The model reported an error.");
    if (value["usage"]) usage = object(value["usage"]);
    const { response } = value;
    const text = typeof response === "string" ? response : response === undefined || response === null ? "" : JSON.stringify(response);
    check(text);
    if (!text) continue;
    pieces += 1;
    yield { type: "text", text };
  }
  if (pieces === 0) throw new SynesisError("GENERATOR_FAILED", "The model wrote nothing.");
  const out = tokenCount(usage["completion_tokens"]) || pieces;
  // It does not say why it ended.
  yield { type: "usage", tokens: { in: tokenCount(usage["prompt_tokens"]), out }, finish: out >= max_tokens ? "length" : "stop" };
}
