/** The Worker's HTTP interface: what holds for every request, and the routes. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import { FRAME_TYPES } from "../wire/frame-types.ts";
import { HEADER_BYTES } from "../wire/frames.ts";
import { requestPath } from "../wire/requests.ts";
import { PART_BYTES } from "./adapters/adapter.ts";
import type { AppEnv } from "./env.ts";
import { CloudError, cloudErrorOf } from "./errors.ts";
import { takeWebhook } from "./payments/webhook.ts";
import { accountRoutes } from "./routes/account.ts";
import { billingRoutes } from "./routes/billing.ts";
import { collaboratorRoutes } from "./routes/collaborators.ts";
import { deviceRoutes } from "./routes/device.ts";
import { devicesRoutes } from "./routes/devices.ts";
import { escalationRoutes } from "./routes/escalations.ts";
import { handoverRoutes } from "./routes/handovers.ts";
import { keyRoutes } from "./routes/keys.ts";
import { knowledgeRoutes } from "./routes/knowledge.ts";
import { liveRoutes } from "./routes/live.ts";
import { loraRoutes } from "./routes/loras.ts";
import { modelRoutes } from "./routes/models.ts";
import { projectRoutes } from "./routes/projects.ts";
import { sessionRoutes } from "./routes/sessions.ts";
import { errorResponse, tunnelRoutes } from "./routes/tunnel.ts";

/** No request is larger, in bytes. */
const MAX_BODY = 1024 * 1024;
/** But for parts of an adapter, and for pieces of one in the tunnel's frames. */
const PART_PATH = /^\/v1\/loras\/uploads\/[^/]+\/parts\/\d+$/;
const ADAPTERS = requestPath("loraRequest");
const MAX_ADAPTER_BODY = FRAME_TYPES.requestHead.limit + FRAME_TYPES.loraRequest.limit + 2 * HEADER_BYTES;

const limit = (maxSize: number) =>
  bodyLimit({
    maxSize,
    onError: () => {
      throw new CloudError("too_large");
    },
  });
const limitBody = limit(MAX_BODY);
const limitAdapter = limit(MAX_ADAPTER_BODY);
const limitPart = limit(PART_BYTES);

function limitOf(path: string): ReturnType<typeof limit> {
  if (PART_PATH.test(path)) return limitPart;
  return path === ADAPTERS ? limitAdapter : limitBody;
}

const OPENAPI = { openapi: "3.1.0", info: { title: "SuperInstance cloud", version: "1" } };

export function createApp(): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], formAction: ["'self'"], frameAncestors: ["'none'"] } }));
  app.use(async (context, next) => {
    context.set("requestId", crypto.randomUUID());
    context.set("publicUrl", context.env.PUBLIC_URL || new URL(context.req.url).origin);
    await next();
    context.header("x-request-id", context.get("requestId"));
    if (!context.res.headers.has("cache-control")) context.header("cache-control", "no-store");
  });
  app.use((context, next) => limitOf(context.req.path)(context, next));
  app.post("/v1/webhooks/stripe", async (context) => {
    await takeWebhook(context.env, await context.req.text(), context.req.header("stripe-signature") ?? "");
    return context.json({ received: true });
  });
  for (const routes of [
    accountRoutes,
    deviceRoutes,
    devicesRoutes,
    keyRoutes,
    billingRoutes,
    sessionRoutes,
    escalationRoutes,
    loraRoutes,
    modelRoutes,
  ])
    app.route("/", routes);
  for (const routes of [projectRoutes, collaboratorRoutes, handoverRoutes, liveRoutes, knowledgeRoutes]) app.route("/", routes);
  app.route("/", tunnelRoutes);
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  app.doc31("/openapi.json", OPENAPI);
  app.notFound((context) => context.json(new CloudError("not_found").body, 404));
  app.onError((error, context) => {
    const known = toCloudError(error);
    if (known.code === "internal" || known.code === "unavailable") log(context.get("requestId"), error);
    if (known.retryAfterSeconds > 0) context.header("retry-after", String(known.retryAfterSeconds));
    return errorResponse(context.req.path, known) ?? context.json(known.body, known.status);
  });
  return app;
}

function toCloudError(error: unknown): CloudError {
  if (error instanceof HTTPException && error.status < 500) return new CloudError("invalid_request", "The body cannot be read.");
  return cloudErrorOf(error);
}

/** The kind of fault and where it was: never its message, which may hold what somebody sent. */
function log(requestId: string, error: unknown): void {
  const where = error instanceof Error ? (error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? []) : [];
  const kind = error instanceof Error ? error.name : typeof error;
  // biome-ignore lint/suspicious/noConsole: a Worker's log is its console
  console.error(JSON.stringify({ event: "fault", requestId, kind, where: where.slice(0, 8).map((line) => line.trim()) }));
}
