import * as z from "zod";
import { SCOPES } from "../auth/scopes.ts";
import { CloudError } from "../errors.ts";
import { dropKey } from "../projects/drop.ts";
import { listKeys, MAX_KEYS, makeKey, revokeKey } from "../store/keys.ts";
import { audit } from "../store/users.ts";
import { json, newRoutes, route } from "./route.ts";

const DAY = 24 * 60 * 60_000;

const Key = z.object({
  id: z.string(),
  name: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  createdAt: z.number(),
  expiresAt: z.number(),
});

const NewKey = z.strictObject({
  name: z.string().trim().min(1).max(64),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  expiresDays: z.int().min(1).max(365).default(90),
});

/** API keys: made with at most the scopes of the key that asks, shown once, revoked at once. */
export const keyRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/keys" }, "keys", z.object({ keys: z.array(Key) })), async (context) => {
    const keys = await listKeys(context.env.DATABASE, context.get("principal").userId, Date.now());
    return context.json({ keys: keys.map((key) => ({ ...key, scopes: [...key.scopes] })) }, 200);
  })
  .openapi(route({ method: "post", path: "/v1/keys", request: json(NewKey) }, "keys", Key.extend({ key: z.string() })), async (context) => {
    const { userId, scopes: own } = context.get("principal");
    const { name, scopes, expiresDays } = context.req.valid("json");
    const foreign = scopes.find((scope) => !own.includes(scope));
    if (foreign) throw new CloudError("forbidden", `Scope: ${foreign}.`);
    const now = Date.now();
    const { DATABASE } = context.env;
    if ((await listKeys(DATABASE, userId, now)).length >= MAX_KEYS) throw new CloudError("conflict", `${MAX_KEYS} keys are in use.`);
    const key = await makeKey(DATABASE, { userId, name, scopes: [...new Set(scopes)], expiresAt: now + expiresDays * DAY }, now);
    await audit(DATABASE, userId, "key.made", key.id, now);
    return context.json({ ...key, scopes: [...key.scopes] }, 200);
  })
  .openapi(
    route(
      { method: "delete", path: "/v1/keys/{id}", request: { params: z.object({ id: z.string().max(64) }) } },
      "keys",
      z.object({ revoked: z.literal(true) }),
    ),
    async (context) => {
      const { userId } = context.get("principal");
      const { id } = context.req.valid("param");
      if (!(await revokeKey(context.env.DATABASE, userId, id, Date.now()))) throw new CloudError("not_found");
      await audit(context.env.DATABASE, userId, "key.revoked", id, Date.now());
      await dropKey(context.env, userId, id);
      return context.json({ revoked: true as const }, 200);
    },
  );
