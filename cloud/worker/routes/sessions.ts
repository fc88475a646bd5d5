import * as z from "zod";
import type { Env } from "../env.ts";
import { CloudError } from "../errors.ts";
import { holdsSecret, MAX_TURNS } from "../sessions/session.ts";
import { json, newRoutes, route } from "./route.ts";

const params = { params: z.object({ id: z.string().regex(/^[\w.-]{1,64}$/) }) };
const Turn = z.strictObject({ role: z.enum(["user", "assistant"]), content: z.string().min(1).max(32_000) });
const Session = z.object({ turns: z.array(Turn) });

/** A session's name is its user's and its own, so that no request reaches another user's. */
export const sessionOf = (env: Env, userId: string, id: string) => env.SESSION_STATE.getByName(`${userId}/${id}`);

/** What a conversation in the cloud remembers: redacted text only, for a day. */
export const sessionRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/sessions/{id}", request: params }, "sessions", Session), async (context) => {
    const turns = await sessionOf(context.env, context.get("principal").userId, context.req.valid("param").id).get();
    return context.json({ turns: [...turns] }, 200);
  })
  .openapi(
    route(
      {
        method: "post",
        path: "/v1/sessions/{id}",
        request: { ...params, ...json(z.strictObject({ turns: z.array(Turn).min(1).max(MAX_TURNS) })) },
      },
      "sessions",
      z.object({ turns: z.number() }),
    ),
    async (context) => {
      const { turns } = context.req.valid("json");
      if (turns.some(({ content }) => holdsSecret(content))) throw new CloudError("not_redacted");
      const kept = await sessionOf(context.env, context.get("principal").userId, context.req.valid("param").id).update(turns);
      return context.json({ turns: kept.length }, 200);
    },
  )
  .openapi(
    route({ method: "delete", path: "/v1/sessions/{id}", request: params }, "sessions", z.object({ cleared: z.literal(true) })),
    async (context) => {
      await sessionOf(context.env, context.get("principal").userId, context.req.valid("param").id).clear();
      return context.json({ cleared: true as const }, 200);
    },
  );
