/**
 * A stand-in for LoRAX, as far as adapters go: an adapter is named as the model, with where it lies, and loaded by the
 * request that names it. It refuses what LoRAX refuses, and has the stand-in for OpenAI write.
 */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import * as z from "zod";

const Body = z.looseObject({
  model: z.string().min(1),
  adapter_source: z.enum(["hub", "local", "s3", "pbase"]).optional(),
  stream: z.literal(true),
  messages: z.array(z.strictObject({ role: z.string(), content: z.string() })).min(1),
  max_tokens: z.int().min(1),
});

export interface FakeLorax {
  readonly url: string;
  /** The model or the adapter of each request that was answered. */
  readonly asked: string[];
  close(): Promise<void>;
}

/** @param writer the stand-in's interface, up to /v1. @param base the model. @param kept the adapters that lie in the bucket */
export async function startFakeLorax(writer: string, base: string, kept: ReadonlySet<string>): Promise<FakeLorax> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const refuse = (status: number, error: string) =>
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error, error_type: "validation" }));
    if (request.method !== "POST" || request.url !== "/v1/chat/completions") return refuse(404, "Not Found");
    const { success, data } = Body.safeParse(await json(request));
    if (!success) return refuse(422, "Input validation error");
    const { adapter_source: source, ...chat } = data;
    if (chat.model !== base && (source !== "s3" || !kept.has(chat.model))) return refuse(422, `${chat.model} is no adapter`);
    asked.push(chat.model);
    const answer = await fetch(`${writer}/chat/completions`, { method: "POST", body: JSON.stringify(chat) });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    for await (const piece of answer.body ?? []) response.write(piece);
    return response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = async () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close };
}
