/** Adapters: uploaded in parts, listed, deleted. See adapters/uploads.ts for what happens to an upload. */
import * as z from "zod";
import { type AdapterRow, MAX_ADAPTER_BYTES, MAX_USER_BYTES, PART_BYTES, partsOf } from "../adapters/adapter.ts";
import { bytesOf, listReady, receivedParts } from "../adapters/table.ts";
import { begin, complete, discard, mustFind, putPart } from "../adapters/uploads.ts";
import { CloudError } from "../errors.ts";
import { audit } from "../store/users.ts";
import { modelsTaking } from "../synapse/adapters/provider-adapters.ts";
import { dropEverywhere } from "../synapse/adapters/shelf.ts";
import { json, newRoutes, route } from "./route.ts";

const name = z.string().regex(/^[A-Za-z0-9][\w.-]{0,63}$/);
const id = z.string().max(64);
const kind = z.enum(["gguf", "safetensors"]);

const Config = z.strictObject({
  r: z.int().min(1).max(4096),
  lora_alpha: z.number(),
  target_modules: z.union([z.string().max(500), z.array(z.string().max(500)).max(200)]),
  use_rslora: z.boolean().optional(),
  use_dora: z.boolean().optional(),
});

const NewAdapter = z.strictObject({
  name,
  baseModel: z.string().regex(/^[\w.+:/ -]{1,200}$/),
  kind,
  rank: z.int().min(1).max(4096),
  config: Config.nullable().default(null),
  sizeBytes: z.int().min(1).max(MAX_ADAPTER_BYTES),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  force: z.boolean().default(false),
});

const Adapter = z.object({
  id,
  name,
  baseModel: z.string(),
  kind,
  rank: z.int(),
  sizeBytes: z.int(),
  sha256: z.string(),
  createdAt: z.number(),
  models: z.array(z.string()).describe("Models of the cloud that it can be asked with."),
});

const Upload = z.object({
  id,
  state: z.enum(["uploading", "verifying", "ready"]),
  partBytes: z.int(),
  parts: z.int(),
  received: z.array(z.int()).describe("Numbers of the parts that are kept, from 1."),
  expiresAt: z.number().nullable(),
});

const byId = { params: z.object({ id }) };
const PART = { params: z.object({ id, number: z.coerce.number().int().min(1).max(10_000) }) };

function show(row: AdapterRow, env: Parameters<typeof modelsTaking>[0]): z.infer<typeof Adapter> {
  const { id, name, baseModel, kind, rank, sizeBytes, sha256, createdAt } = row;
  return { id, name, baseModel, kind, rank, sizeBytes, sha256, createdAt, models: modelsTaking(env, row) };
}

async function stateOf(database: D1Database, row: AdapterRow): Promise<z.infer<typeof Upload>> {
  const received = (await receivedParts(database, row.id)).map(({ number }) => number);
  return { id: row.id, state: row.state, partBytes: PART_BYTES, parts: partsOf(row), received, expiresAt: row.expiresAt };
}

export const loraRoutes = newRoutes()
  .openapi(
    route(
      { method: "get", path: "/v1/loras" },
      "adapters",
      z.object({ adapters: z.array(Adapter), usedBytes: z.int(), quotaBytes: z.int() }),
    ),
    async ({ env, get, json }) => {
      const { userId } = get("principal");
      const rows = await listReady(env.DATABASE, userId);
      const usedBytes = await bytesOf(env.DATABASE, userId);
      return json({ adapters: rows.map((row) => show(row, env)), usedBytes, quotaBytes: MAX_USER_BYTES }, 200);
    },
  )
  .openapi(route({ method: "post", path: "/v1/loras", request: json(NewAdapter) }, "adapters", Upload), async (context) => {
    const { force, ...adapter } = context.req.valid("json");
    const row = await begin(context.env, context.get("principal").userId, adapter, force);
    return context.json(await stateOf(context.env.DATABASE, row), 200);
  })
  .openapi(route({ method: "get", path: "/v1/loras/{id}", request: byId }, "adapters", Adapter), async (context) => {
    const row = await mustFind(context.env, context.get("principal").userId, context.req.valid("param").id);
    if (row.state !== "ready") throw new CloudError("not_found");
    return context.json(show(row, context.env), 200);
  })
  .openapi(
    route({ method: "delete", path: "/v1/loras/{id}", request: byId }, "adapters", z.object({ deleted: z.literal(true) })),
    async (context) => {
      const { userId } = context.get("principal");
      const row = await mustFind(context.env, userId, context.req.valid("param").id);
      await discard(context.env, row);
      if (row.state === "ready") context.executionCtx.waitUntil(dropEverywhere(context.env, row));
      if (row.state === "ready") await audit(context.env.DATABASE, userId, "adapter.deleted", row.id, Date.now());
      return context.json({ deleted: true as const }, 200);
    },
  )
  .openapi(route({ method: "get", path: "/v1/loras/uploads/{id}", request: byId }, "adapters", Upload), async (context) => {
    const row = await mustFind(context.env, context.get("principal").userId, context.req.valid("param").id);
    return context.json(await stateOf(context.env.DATABASE, row), 200);
  })
  .openapi(
    route(
      {
        method: "put",
        path: "/v1/loras/uploads/{id}/parts/{number}",
        request: {
          ...PART,
          body: { required: true, content: { "application/octet-stream": { schema: z.string().meta({ format: "binary" }) } } },
        },
      },
      "adapters",
      z.object({ number: z.int() }),
      "PART_LIMIT",
    ),
    async (context) => {
      const { id, number } = context.req.valid("param");
      const { userId } = context.get("principal");
      const encoding = context.req.header("content-encoding");
      const { body } = context.req.raw;
      if (!body || (encoding !== undefined && encoding !== "gzip"))
        throw new CloudError("invalid_request", "content-encoding: gzip or none.");
      const length = Number(context.req.header("content-length"));
      await putPart(context.env, { userId, id, number }, { body, length, gzip: encoding === "gzip" });
      return context.json({ number }, 200);
    },
  )
  .openapi(route({ method: "post", path: "/v1/loras/uploads/{id}/complete", request: byId }, "adapters", Adapter), async (context) => {
    const { userId } = context.get("principal");
    const row = await mustFind(context.env, userId, context.req.valid("param").id);
    const ready = await complete(context.env, row);
    if (row.state !== "ready") await audit(context.env.DATABASE, userId, "adapter.kept", row.id, Date.now());
    return context.json(show(ready, context.env), 200);
  });
