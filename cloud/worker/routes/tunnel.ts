/** What comes through the tunnel, in frames: by a gateway that signs for its device, or with a key straight from one. */
import { Hono } from "hono";
import { encodeMessage, type InitOf } from "../../wire/messages.ts";
import { FRAMES_CONTENT, REQUESTS, type RequestName } from "../../wire/requests.ts";
import { authorise } from "../auth/principal.ts";
import type { AppEnv } from "../env.ts";
import { CloudError } from "../errors.ts";
import { HANDLERS, type TunnelCall } from "../tunnel/handlers.ts";
import { protocolError } from "../tunnel/protocol-error.ts";
import { readRequest } from "../tunnel/read-request.ts";

const PATH = "/v1/tunnel/";

export const tunnelRoutes = new Hono<AppEnv>().post(`${PATH}:name`, async (context) => {
  const name = context.req.param("name");
  if (!isRequestName(name)) throw new CloudError("not_found");
  const principal = await authorise(context, HANDLERS[name].scope);
  if (context.req.header("content-type") !== FRAMES_CONTENT) throw new CloudError("invalid_request", `Content type: ${FRAMES_CONTENT}.`);
  const body = new Uint8Array(await context.req.arrayBuffer());
  const request = readRequest(name, body, context.req.header("idempotency-key") ?? "");
  return framesOf(await answer(name, { ...request, env: context.env, principal, publicUrl: context.get("publicUrl") }));
});

/** For whoever asked in frames, an error is a frame too. */
export function errorResponse(path: string, error: CloudError): Response | undefined {
  return path.startsWith(PATH) ? framesOf(encodeMessage("error", protocolError(error))) : undefined;
}

async function answer<N extends RequestName>(name: N, call: TunnelCall<N>): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const answered = await HANDLERS[name].answer(call);
  return answered instanceof ReadableStream ? answered : encodeMessage(REQUESTS[name].answer, answered as InitOf<"helloAck">);
}

const framesOf = (body: Uint8Array | ReadableStream<Uint8Array>) => new Response(body, { headers: { "content-type": FRAMES_CONTENT } });
const isRequestName = (name: string): name is RequestName => Object.hasOwn(REQUESTS, name);
