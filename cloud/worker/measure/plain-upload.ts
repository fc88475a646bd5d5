/** The Worker, and beside its own routes one that takes a file in a single request: what a push is compared with. */
import type { Env } from "../env.ts";
import worker from "../index.ts";

export * from "../index.ts";

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (request.method !== "PUT" || pathname !== "/plain") return worker.fetch(request, env, context);
    await env.LORAS.put("plain", request.body);
    return new Response("kept");
  },
} satisfies ExportedHandler<Env>;
