/** Anthropic's Messages API. A form that the answer must keep is put as a tool that the model has to use. */
import { type Generated, SynesisError } from "../../../../kernel/index.ts";
import {
  type Dialect,
  FormRefused,
  newLengthCheck,
  object,
  parseEventObject,
  tokenCount,
} from "../../../../plugins/generator-openai/chat.ts";

const VERSION = "2023-06-01";
const TOOL = "answer";

export const ANTHROPIC: Dialect = {
  path: "/messages",
  headers: (key) => ({ "anthropic-version": VERSION, ...(key !== undefined && { "x-api-key": key }) }),
  body({ model, messages, max_tokens, response_format }) {
    if (response_format && !response_format.json_schema) throw new FormRefused("JSON without a schema");
    const told = (system: boolean) => messages.filter(({ role }) => (role === "system") === system);
    const system = told(true).map(({ content }) => content);
    return {
      model,
      max_tokens,
      stream: true,
      ...(system.length > 0 && { system: system.join("\n\n") }),
      messages: told(false),
      ...(response_format?.json_schema && {
        tools: [{ name: TOOL, description: "Gives the answer.", input_schema: response_format.json_schema.schema }],
        tool_choice: { type: "tool", name: TOOL, disable_parallel_tool_use: true },
      }),
    };
  },
  read,
};

async function* read(events: Parameters<Dialect["read"]>[0]): AsyncGenerator<Generated> {
  const tokens = { in: 0, out: 0 };
  let reason: unknown;
  const check = newLengthCheck();
  for await (const { data } of events) {
    const event = parseEventObject(data);
    if (event["type"] === "error") throw new SynesisError("GENERATOR_FAILED", "The server reported an error.");
    if (event["type"] === "message_start") tokens.in = sentTokens(object(object(event["message"])["usage"]));
    if (event["type"] === "message_delta") {
      tokens.out = tokenCount(object(event["usage"])["output_tokens"]);
      reason = object(event["delta"])["stop_reason"];
    }
    if (event["type"] === "message_stop") break;
    const text = event["type"] === "content_block_delta" ? textOf(object(event["delta"])) : "";
    check(text);
    if (text) yield { type: "text", text };
  }
  if (typeof reason !== "string") throw new SynesisError("GENERATOR_FAILED", "The server stopped before the end.");
  // What was refused has been paid for all the same.
  yield { type: "usage", tokens, finish: reason === "max_tokens" ? "length" : "stop" };
}

/** What was read from a cache, or written to one, was sent too. */
function sentTokens(usage: Readonly<Record<string, unknown>>): number {
  const parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"];
  return parts.reduce((sum, name) => sum + tokenCount(usage[name]), 0);
}

function textOf(delta: Readonly<Record<string, unknown>>): string {
  const text = delta["type"] === "input_json_delta" ? delta["partial_json"] : delta["text"];
  return typeof text === "string" ? text : "";
}
