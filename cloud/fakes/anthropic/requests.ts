/** What Anthropic's Messages API asks of the requests that are made here: nothing unknown, nothing missing. */
import * as z from "zod";

const text = z.string().min(1);

export const MessageRequest = z
  .strictObject({
    model: text,
    max_tokens: z.int().min(1),
    stream: z.literal(true),
    system: text.optional(),
    messages: z.array(z.strictObject({ role: z.enum(["user", "assistant"]), content: text })).min(1),
    tools: z
      .array(
        z.strictObject({
          name: z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/),
          description: text.optional(),
          input_schema: z.looseObject({ type: z.literal("object") }),
        }),
      )
      .optional(),
    tool_choice: z.strictObject({ type: z.literal("tool"), name: text, disable_parallel_tool_use: z.boolean().optional() }).optional(),
  })
  .refine(({ messages }) => messages[0]?.role === "user", "the first message must be the user's")
  .refine(({ tools = [], tool_choice }) => !tool_choice || tools.some(({ name }) => name === tool_choice.name), "no such tool");

/** What of a request's headers is wrong; undefined when nothing is. */
export function faultOfHeaders(headers: Readonly<Record<string, unknown>>, key: string): { status: number; message: string } | undefined {
  if (headers["x-api-key"] !== key) return { status: 401, message: "invalid x-api-key" };
  if (headers["authorization"] !== undefined) return { status: 400, message: "one way of authentication only" };
  if (headers["anthropic-version"] !== "2023-06-01") return { status: 400, message: "anthropic-version: header is required" };
  return headers["content-type"] === "application/json" ? undefined : { status: 400, message: "the body must be JSON" };
}
