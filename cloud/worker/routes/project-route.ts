/** A route of one project: for whoever has a part in it whose role allows the action. Others learn not even that it is there. */
import type { RouteConfig } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import * as z from "zod";
import type { AppEnv } from "../env.ts";
import { CloudError } from "../errors.ts";
import { type Action, may } from "../projects/roles.ts";
import { type OwnProject, projectOf } from "../store/projects.ts";
import { route } from "./route.ts";

export const projectId = z.uuid();
export const inProject = { params: z.object({ id: projectId }) };

/** The project, for who may do this in it. @throws CloudError not_found, forbidden */
export async function projectFor(context: Context<AppEnv>, id: string | undefined, action: Action): Promise<OwnProject> {
  const { success, data } = projectId.safeParse(id);
  const project = success ? await projectOf(context.env.DATABASE, context.get("principal").userId, data) : undefined;
  if (!project) throw new CloudError("not_found");
  if (!may(project.role, action)) throw new CloudError("forbidden", `Role: ${project.role}.`);
  return project;
}

const requireAction =
  (action: Action): MiddlewareHandler<AppEnv> =>
  async (context, next) => {
    context.set("project", await projectFor(context, context.req.param("id"), action));
    await next();
  };

type Described = Omit<RouteConfig, "responses" | "middleware" | "security">;

export function projectRoute<const R extends Described, Answer extends z.ZodType>(description: R, action: Action, answer: Answer) {
  const made = route(description, "projects", answer);
  return Object.assign(made, { middleware: [...made.middleware, requireAction(action)] });
}
