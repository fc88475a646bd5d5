/** A stand-in for the binding of Workers AI: it refuses what is not in its form, and has the stand-in for OpenAI write. */
import * as z from "zod";

const Input = z
  .strictObject({
    messages: z.array(z.strictObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
    max_tokens: z.int().min(1),
    lora: z.string().min(1).optional(),
    stream: z.literal(true).optional(),
    response_format: z.strictObject({ type: z.literal("json_schema"), json_schema: z.looseObject({ type: z.string() }) }).optional(),
  })
  .refine(({ stream, response_format }) => !stream || !response_format, "JSON mode does not stream");

interface Written {
  readonly choices?: readonly { readonly delta?: { readonly content?: string } }[];
  readonly usage?: object;
}

export class FakeWorkersAi {
  readonly #writer: string;
  readonly #behaviour: string;
  /** The adapter of each run; undefined for the model alone. */
  readonly adapters: (string | undefined)[] = [];

  constructor(writer: string, behaviour: string) {
    this.#writer = writer;
    this.#behaviour = behaviour;
  }

  async run(model: string, input: object, options: { readonly returnRawResponse: true; readonly signal?: AbortSignal }): Promise<Response> {
    if (!model || !options.returnRawResponse) throw new Error("not in this form");
    const { messages, max_tokens, stream, response_format, lora } = Input.parse(input);
    this.adapters.push(lora);
    const form = response_format && { response_format: { type: "json_schema", json_schema: { schema: response_format.json_schema } } };
    const written = await fetch(`${this.#writer}/${this.#behaviour}/v1/chat/completions`, {
      method: "POST",
      body: JSON.stringify({ messages, max_tokens, ...form }),
      ...(options.signal && { signal: options.signal }),
    });
    if (!written.ok || !written.body) return written;
    const events = written.body.pipeThrough(new TextDecoderStream()).pipeThrough(asNative());
    if (stream) return new Response(events.pipeThrough(new TextEncoderStream()), { headers: { "content-type": "text/event-stream" } });
    return Response.json({ result: await gather(events), success: true });
  }
}

/** OpenAI's events as Workers AI has them. */
function asNative(): TransformStream<string, string> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const events = (rest + text).split("\n\n");
      rest = events.pop() ?? "";
      for (const event of events) {
        if (event === "data: [DONE]") controller.enqueue(`${event}\n\n`);
        else controller.enqueue(`data: ${JSON.stringify(native(JSON.parse(event.slice("data: ".length)) as Written))}\n\n`);
      }
    },
  });
}

const native = ({ choices, usage }: Written) => ({ response: choices?.[0]?.delta?.content ?? "", ...(usage && { usage }) });

async function gather(events: ReadableStream<string>): Promise<object> {
  let response = "";
  let usage: object = {};
  for await (const event of events) {
    if (event === "data: [DONE]\n\n") continue;
    const value = JSON.parse(event.slice("data: ".length)) as { response: string; usage?: object };
    response += value.response;
    usage = value.usage ?? usage;
  }
  try {
    return { response: JSON.parse(response) as unknown, usage };
  } catch {
    return { response, usage };
  }
}
