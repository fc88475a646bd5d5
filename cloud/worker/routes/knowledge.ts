/** Documents that are shared with the cloud: of a user, or of a project. */
import type { Context } from "hono";
import * as z from "zod";
import type { AppEnv } from "../env.ts";
import { CloudError } from "../errors.ts";
import { add } from "../knowledge/add.ts";
import { type DocumentRow, MAX_SCOPE_CHUNKS, NewDocument, type Scope, scopeOfProject, scopeOfUser } from "../knowledge/document.ts";
import { haveSettled } from "../knowledge/settle.ts";
import { mustHaveIndex } from "../knowledge/shared-index.ts";
import { listDocuments, removeDocuments } from "../knowledge/table.ts";
import { noted, type OwnProject } from "../store/projects.ts";
import { audit } from "../store/users.ts";
import { inProject, projectId, projectRoute } from "./project-route.ts";
import { json, newRoutes, route } from "./route.ts";

const Document = z.object({
  id: z.string(),
  name: z.string(),
  chunks: z.int(),
  createdAt: z.int(),
  state: z.enum(["waiting", "ready"]).describe("A document that waits is found when its vectors are made."),
});
const Documents = z.object({ documents: z.array(Document), usedChunks: z.int(), quotaChunks: z.int() });
const Removed = z.object({ removed: z.literal(true) });

const documentId = z.string().max(64);
const one = { params: z.object({ document: documentId }) };
const oneInProject = { params: z.object({ id: projectId, document: documentId }) };

const show = ({ id, name, chunks, createdAt, state }: DocumentRow) => ({
  id,
  name,
  chunks,
  createdAt,
  state: state === "ready" ? ("ready" as const) : ("waiting" as const),
});

async function list({ env }: Context<AppEnv>, scope: Scope): Promise<z.infer<typeof Documents>> {
  mustHaveIndex(env);
  const rows = await listDocuments(env.DATABASE, scope);
  return { documents: rows.map(show), usedChunks: rows.reduce((sum, { chunks }) => sum + chunks, 0), quotaChunks: MAX_SCOPE_CHUNKS };
}

async function share(context: Context<AppEnv>, scope: Scope, document: NewDocument): Promise<z.infer<typeof Document>> {
  const { userId } = context.get("principal");
  mustHaveIndex(context.env);
  const { row, toSettle } = await add(context.env, { scope, userId }, document);
  context.executionCtx.waitUntil(haveSettled(context.env, toSettle));
  if (toSettle.length > 0) await note(context, "knowledge.shared", row.id);
  return show(row);
}

async function remove(context: Context<AppEnv>, scope: Scope, id: string): Promise<z.infer<typeof Removed>> {
  const removed = await removeDocuments(context.env.DATABASE, scope, id, Date.now());
  if (removed.length === 0) throw new CloudError("not_found");
  context.executionCtx.waitUntil(haveSettled(context.env, removed));
  await note(context, "knowledge.removed", id);
  return { removed: true };
}

/** In the project's trail, or in the account's. */
async function note(context: Context<AppEnv>, action: string, subject: string): Promise<void> {
  const { userId } = context.get("principal");
  const { DATABASE } = context.env;
  const project: OwnProject | undefined = context.get("project");
  if (project) await noted(DATABASE, project.id, userId, action, subject, Date.now()).run();
  else await audit(DATABASE, userId, action, subject, Date.now());
}

const own = (context: Context<AppEnv>) => scopeOfUser(context.get("principal").userId);
const project = (context: Context<AppEnv>) => scopeOfProject(context.get("project").id);

export const knowledgeRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/knowledge" }, "knowledge", Documents), async (context) =>
    context.json(await list(context, own(context)), 200),
  )
  .openapi(route({ method: "post", path: "/v1/knowledge", request: json(NewDocument) }, "knowledge", Document), async (context) =>
    context.json(await share(context, own(context), context.req.valid("json")), 200),
  )
  .openapi(route({ method: "delete", path: "/v1/knowledge/{document}", request: one }, "knowledge", Removed), async (context) =>
    context.json(await remove(context, own(context), context.req.valid("param").document), 200),
  )
  .openapi(
    projectRoute({ method: "get", path: "/v1/projects/{id}/knowledge", request: inProject }, "knowledge.see", Documents),
    async (context) => context.json(await list(context, project(context)), 200),
  )
  .openapi(
    projectRoute(
      { method: "post", path: "/v1/projects/{id}/knowledge", request: { ...inProject, ...json(NewDocument) } },
      "knowledge.change",
      Document,
    ),
    async (context) => context.json(await share(context, project(context), context.req.valid("json")), 200),
  )
  .openapi(
    projectRoute({ method: "delete", path: "/v1/projects/{id}/knowledge/{document}", request: oneInProject }, "knowledge.change", Removed),
    async (context) => context.json(await remove(context, project(context), context.req.valid("param").document), 200),
  );
