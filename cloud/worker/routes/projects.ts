/** Projects: what they are called, what they group, what they may cost, and what is said about them. */
import * as z from "zod";
import { liveOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { scopeOfProject } from "../knowledge/document.ts";
import { haveSettled } from "../knowledge/settle.ts";
import { removeDocuments } from "../knowledge/table.ts";
import { dropEverybody } from "../projects/drop.ts";
import { ROLES } from "../projects/roles.ts";
import { holdsSecret } from "../sessions/session.ts";
import { addComment, commentsOf } from "../store/comments.ts";
import {
  adaptersIn,
  addContent,
  changeProject,
  contentsOf,
  deleteProject,
  MAX_CONTENTS,
  MAX_PROJECTS,
  makeProject,
  projectsOf,
  removeContent,
  trailOf,
} from "../store/projects.ts";
import { inProject, projectId, projectRoute } from "./project-route.ts";
import { json, newRoutes, route } from "./route.ts";

/** Redacted text, as far as can be told here. */
const text = (most: number, least = 1) => z.string().trim().min(least).max(most);
const cents = z.int().min(0).max(1_000_000);
const name = text(100);
const budgetCents = cents.nullable();

const Project = z.object({
  id: z.string(),
  name: z.string(),
  instructions: z.string(),
  budgetCents: z.int().nullable(),
  approval: z.boolean(),
  createdAt: z.int(),
  role: z.enum(ROLES),
});
const Content = z.object({ kind: z.enum(["session", "adapter"]), ref: z.string() });
const Adapter = z.object({ id: z.string(), name: z.string() });
const Comment = z.object({ id: z.int(), userId: z.string(), at: z.int(), text: z.string() });
const done = z.object({ done: z.literal(true) });
const DONE = { done: true } as const;

const contentParams = {
  params: z.object({ id: projectId, kind: z.enum(["session", "adapter"]), ref: z.string().regex(/^[\w.-]{1,64}$/) }),
};

function refuseSecrets(...texts: readonly (string | undefined)[]): void {
  if (texts.some((given) => given !== undefined && holdsSecret(given))) throw new CloudError("not_redacted");
}

export const projectRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/projects" }, "projects", z.object({ projects: z.array(Project) })), async (context) =>
    context.json({ projects: await projectsOf(context.env.DATABASE, context.get("principal").userId) }, 200),
  )
  .openapi(
    route(
      { method: "post", path: "/v1/projects", request: json(z.strictObject({ name, budgetCents: budgetCents.default(null) })) },
      "projects",
      Project,
    ),
    async (context) => {
      const asked = context.req.valid("json");
      refuseSecrets(asked.name);
      const project = await makeProject(context.env.DATABASE, context.get("principal").userId, asked, Date.now());
      if (!project) throw new CloudError("conflict", `${MAX_PROJECTS} projects are in use.`);
      return context.json(project, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "get", path: "/v1/projects/{id}", request: inProject },
      "project.see",
      Project.extend({ contents: z.array(Content), adapters: z.array(Adapter).describe("The owner's, that editors may ask with.") }),
    ),
    async (context) => {
      const project = context.get("project");
      const { DATABASE } = context.env;
      const [contents, adapters] = await Promise.all([contentsOf(DATABASE, project.id), adaptersIn(DATABASE, project.id)]);
      return context.json({ ...project, contents, adapters }, 200);
    },
  )
  .openapi(
    projectRoute(
      {
        method: "put",
        path: "/v1/projects/{id}",
        request: {
          ...inProject,
          ...json(z.strictObject({ name: name.optional(), budgetCents: budgetCents.optional(), approval: z.boolean().optional() })),
        },
      },
      "project.change",
      done,
    ),
    async (context) => {
      const change = context.req.valid("json");
      if (Object.keys(change).length === 0) throw new CloudError("invalid_request", "name, budgetCents or approval is needed.");
      refuseSecrets(change.name);
      const at = { userId: context.get("principal").userId, id: context.get("project").id, now: Date.now() };
      await changeProject(context.env.DATABASE, at, change);
      return context.json(DONE, 200);
    },
  )
  .openapi(projectRoute({ method: "delete", path: "/v1/projects/{id}", request: inProject }, "project.delete", done), async (context) => {
    const { id } = context.get("project");
    const { DATABASE } = context.env;
    const removed = await removeDocuments(DATABASE, scopeOfProject(id), null, Date.now());
    await dropEverybody(context.env, id, () => deleteProject(DATABASE, context.get("principal").userId, id, Date.now()));
    context.executionCtx.waitUntil(haveSettled(context.env, removed));
    return context.json(DONE, 200);
  })
  .openapi(
    projectRoute(
      {
        method: "put",
        path: "/v1/projects/{id}/instructions",
        request: { ...inProject, ...json(z.strictObject({ text: text(4000, 0) })) },
      },
      "instructions.change",
      done,
    ),
    async (context) => {
      const { text: instructions } = context.req.valid("json");
      refuseSecrets(instructions);
      const at = { userId: context.get("principal").userId, id: context.get("project").id, now: Date.now() };
      await changeProject(context.env.DATABASE, at, { instructions });
      return context.json(DONE, 200);
    },
  )
  .openapi(
    projectRoute({ method: "put", path: "/v1/projects/{id}/contents/{kind}/{ref}", request: contentParams }, "contents.change", done),
    async (context) => {
      const { id, ...content } = context.req.valid("param");
      const added = await addContent(context.env.DATABASE, context.get("principal").userId, id, content, Date.now());
      if (!added) throw new CloudError("conflict", `The project groups ${MAX_CONTENTS} things.`);
      return context.json(DONE, 200);
    },
  )
  .openapi(
    projectRoute({ method: "delete", path: "/v1/projects/{id}/contents/{kind}/{ref}", request: contentParams }, "contents.change", done),
    async (context) => {
      const { id, ...content } = context.req.valid("param");
      const removed = await removeContent(context.env.DATABASE, context.get("principal").userId, id, content, Date.now());
      if (!removed) throw new CloudError("not_found");
      return context.json(DONE, 200);
    },
  )
  .openapi(
    projectRoute(
      {
        method: "get",
        path: "/v1/projects/{id}/comments",
        request: { ...inProject, query: z.object({ after: z.coerce.number().int().min(0).default(0) }) },
      },
      "comments.see",
      z.object({ comments: z.array(Comment) }),
    ),
    async (context) => {
      const comments = await commentsOf(context.env.DATABASE, context.get("project").id, context.req.valid("query").after, 200);
      return context.json({ comments }, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "post", path: "/v1/projects/{id}/comments", request: { ...inProject, ...json(z.strictObject({ text: text(4000) })) } },
      "comments.add",
      Comment,
    ),
    async (context) => {
      const { text: said } = context.req.valid("json");
      refuseSecrets(said);
      const { id } = context.get("project");
      const comment = await addComment(context.env.DATABASE, id, context.get("principal").userId, said, Date.now());
      await liveOf(context.env, id).tell({ event: "comment", data: comment });
      return context.json(comment, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "get", path: "/v1/projects/{id}/audit", request: inProject },
      "audit.see",
      z.object({
        events: z.array(z.object({ id: z.int(), userId: z.string(), at: z.int(), action: z.string(), subject: z.string() })),
      }),
    ),
    async (context) => context.json({ events: await trailOf(context.env.DATABASE, context.get("project").id, 1000) }, 200),
  );
