/** The Worker's HTTP interface: what holds for every request, and the routes. */
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { secureHeaders } from "hono/secure-headers";
import type { AppEnv } from "./env.ts";
import { CloudError } from "./errors.ts";
import { takeWebhook } from "./payments/webhook.ts";
import { billingRoutes } from "./routes/billing.ts";
import { deviceRoutes } from "./routes/device.ts";
import { escalationRoutes } from "./routes/escalations.ts";
import { keyRoutes } from "./routes/keys.ts";
import { sessionRoutes } from "./routes/sessions.ts";

/** No request is larger, in bytes. */
export const MAX_BODY = 1024 * 1024;

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
  app.use(
    bodyLimit({
      maxSize: MAX_BODY,
      onError: () => {
        throw new CloudError("too_large");
      },
    }),
  );
  app.post("/v1/webhooks/stripe", async (context) => {
    await takeWebhook(context.env, await context.req.text(), context.req.header("stripe-signature") ?? "");
    return context.json({ received: true });
  });
  app.route("/", deviceRoutes).route("/", keyRoutes).route("/", billingRoutes).route("/", sessionRoutes).route("/", escalationRoutes);
  app.openAPIRegistry.registerComponent("securitySchemes", "apiKey", { type: "http", scheme: "bearer" });
  app.doc31("/openapi.json", OPENAPI);
  app.notFound((context) => context.json(new CloudError("not_found").body, 404));
  app.onError((error, context) => {
    const known = toCloudError(error);
    if (known.code === "internal") log(context.get("requestId"), error);
    return context.json(known.body, known.status);
  });
  return app;
}

function toCloudError(error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  if (error instanceof HTTPException && error.status < 500) return new CloudError("invalid_request", "The body cannot be read.");
  return new CloudError("internal");
}

/** The kind of fault and where it was: never its message, which may hold what somebody sent. */
function log(requestId: string, error: unknown): void {
  const where = error instanceof Error ? (error.stack?.split("\n").filter((line) => line.startsWith("    at ")) ?? []) : [];
  const kind = error instanceof Error ? error.name : typeof error;
  // biome-ignore lint/suspicious/noConsole: a Worker's log is its console
  console.error(JSON.stringify({ event: "fault", requestId, kind, where: where.slice(0, 8).map((line) => line.trim()) }));
}
