/** Watching a project as its questions are decided, and having a say before they are asked. */
import * as z from "zod";
import { liveOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { noted } from "../store/projects.ts";
import { inProject, projectId, projectRoute } from "./project-route.ts";
import { json, newRoutes } from "./route.ts";

const approvalParams = { params: z.object({ id: projectId, ask: z.string().regex(/^[\w.-]{8,100}$/) }) };

export const liveRoutes = newRoutes()
  .openapi(
    projectRoute({ method: "get", path: "/v1/projects/{id}/live", request: inProject }, "project.watch", z.unknown()),
    async (context) => {
      const { id: projectId, role } = context.get("project");
      const { userId, via } = context.get("principal");
      const stream = await liveOf(context.env, projectId).watch({ projectId, userId, via, role });
      if (!stream) throw new CloudError("rate_limited", "Too many watch this project.");
      return new Response(stream, { headers: { "content-type": "text/event-stream" } }) as never;
    },
  )
  .openapi(
    projectRoute(
      {
        method: "post",
        path: "/v1/projects/{id}/approvals/{ask}",
        request: { ...approvalParams, ...json(z.strictObject({ approved: z.boolean() })) },
      },
      "approvals.decide",
      z.object({ done: z.literal(true) }),
    ),
    async (context) => {
      const { id, ask } = context.req.valid("param");
      const { approved } = context.req.valid("json");
      if (!(await liveOf(context.env, id).decide(ask, approved))) throw new CloudError("not_found");
      const action = approved ? "question.approved" : "question.declined";
      await noted(context.env.DATABASE, id, context.get("principal").userId, action, ask, Date.now()).run();
      return context.json({ done: true } as const, 200);
    },
  );
