/** What all routes share: how they are described, and what is made of requests that do not keep to it. */
import { createRoute, OpenAPIHono, type RouteConfig } from "@hono/zod-openapi";
import * as z from "zod";
import { limitAddress, requireScope } from "../auth/principal.ts";
import type { Scope } from "../auth/scopes.ts";
import type { AppEnv } from "../env.ts";
import { CLOUD_ERROR_CODES, CloudError } from "../errors.ts";

const ErrorBody = z.object({
  error: z.object({ code: z.enum(CLOUD_ERROR_CODES), message: z.string(), next: z.string(), action: z.string().optional() }),
});

/** An app whose requests are refused by field, never quoting what was sent. */
export function newRoutes(): OpenAPIHono<AppEnv> {
  return new OpenAPIHono<AppEnv>({
    defaultHook(result) {
      if (result.success) return;
      const fields = [...new Set(result.error.issues.map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`))];
      throw new CloudError("invalid_request", fields.slice(0, 5).join("; ").slice(0, 400));
    },
  });
}

type Described = Omit<RouteConfig, "responses" | "middleware" | "security">;

/** A route for whoever has `scope`; with null, for anybody, so many times a minute. */
export function route<const R extends Described, Answer extends z.ZodType>(
  description: R,
  scope: Scope | null,
  answer: Answer,
  limit?: "PART_LIMIT",
) {
  return createRoute({
    ...description,
    middleware: [scope === null ? limitAddress : requireScope(scope, limit)] as const,
    ...(scope !== null && { security: [{ apiKey: [scope] }] }),
    responses: {
      200: { description: "Done", content: { "application/json": { schema: answer } } },
      default: { description: "Not done", content: { "application/json": { schema: ErrorBody } } },
    },
  });
}

export const json = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { "application/json": { schema } } },
});
