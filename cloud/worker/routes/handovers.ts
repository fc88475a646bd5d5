/** Handing a project over to somebody else, who then owns it, pays for it, and alone has it. */
import type { Context } from "hono";
import * as z from "zod";
import type { AppEnv } from "../env.ts";
import { CloudError } from "../errors.ts";
import { sendMail } from "../mail.ts";
import { dropMember } from "../projects/drop.ts";
import {
  acceptHandover,
  cancelHandover,
  completeHandover,
  HANDOVER_STATES,
  type Handover,
  handoverId,
  handoverOf,
  isTokenOf,
  mailSent,
  mayStart,
  startHandover,
} from "../store/handovers.ts";
import { userById } from "../store/users.ts";
import { inProject, projectRoute } from "./project-route.ts";
import { json, newRoutes, route } from "./route.ts";

const DAY = 24 * 60 * 60_000;

const Shown = z.object({
  id: z.string(),
  projectId: z.string(),
  state: z.enum(HANDOVER_STATES),
  toEmail: z.string(),
  includeLoras: z.boolean(),
  includeKnowledge: z.boolean(),
  createdAt: z.int(),
  expiresAt: z.int(),
});
const NewHandover = z.strictObject({
  toEmail: z.email().max(254),
  includeLoras: z.boolean().default(false),
  includeKnowledge: z.boolean().default(false),
  expiresDays: z.int().min(1).max(90).default(7),
});
const byId = { params: z.object({ handover: z.string().max(100) }) };

function shown({ id, projectId, state, toEmail, adapters, knowledge, createdAt, expiresAt }: Handover) {
  return { id, projectId, state, toEmail, includeLoras: adapters, includeKnowledge: knowledge, createdAt, expiresAt };
}

/** The handover, for the two whom it concerns. */
async function concerning(context: Context<AppEnv>, token: string) {
  const { DATABASE } = context.env;
  const user = await userById(DATABASE, context.get("principal").userId);
  const find = () => (user ? handoverOf(DATABASE, handoverId(token), { userId: user.id, email: user.email }, Date.now()) : undefined);
  const handover = await find();
  if (!user || !handover) throw new CloudError("not_found");
  return { user, handover, receives: handover.toEmail === user.email, find };
}

/** What became of it when a step was not possible. */
async function refused(find: () => Promise<Handover | undefined> | undefined): Promise<CloudError> {
  return new CloudError("conflict", `The handover is ${(await find())?.state ?? "gone"}.`);
}

export const handoverRoutes = newRoutes()
  .openapi(
    projectRoute(
      { method: "post", path: "/v1/projects/{id}/handover", request: { ...inProject, ...json(NewHandover) } },
      "handover.manage",
      Shown.extend({ token: z.string() }),
    ),
    async (context) => {
      const { DATABASE } = context.env;
      const { toEmail, includeLoras: adapters, includeKnowledge: knowledge, expiresDays } = context.req.valid("json");
      const { id: projectId, name } = context.get("project");
      const now = Date.now();
      const from = await userById(DATABASE, context.get("principal").userId);
      const to = toEmail.toLowerCase();
      if (!from || from.email === to) throw new CloudError("invalid_request", "toEmail: it must be somebody else's.");
      if (!(await mayStart(DATABASE, from.id, now))) throw new CloudError("rate_limited");
      const start = { projectId, fromUserId: from.id, toEmail: to, adapters, knowledge, expiresAt: now + expiresDays * DAY };
      const started = await startHandover(DATABASE, start, now);
      if ("open" in started) throw new CloudError("conflict", `A handover of this project is ${started.open}.`);
      const { handover, token } = started;
      const text = `${from.email} hands the project "${name}" over to you: you will own it, pay for it, and alone have it.\n\nTo take it, sign in with this address (synesis cloud login) and run:\n\n  synesis handover accept ${token}\n\nIf you do not want it, do nothing: the offer ends by itself.`;
      if (!(await sendMail(context.env, { to, subject: "A project is handed over to you", text })))
        throw new CloudError("mail_unavailable");
      await mailSent(DATABASE, handover, Date.now());
      return context.json({ ...shown({ ...handover, state: "email_sent" }), token }, 200);
    },
  )
  .openapi(route({ method: "get", path: "/v1/handovers/{handover}", request: byId }, "projects", Shown), async (context) => {
    const { handover } = await concerning(context, context.req.valid("param").handover);
    return context.json(shown(handover), 200);
  })
  .openapi(route({ method: "delete", path: "/v1/handovers/{handover}", request: byId }, "projects", Shown), async (context) => {
    const { user, handover, find } = await concerning(context, context.req.valid("param").handover);
    if (!(await cancelHandover(context.env.DATABASE, handover, user.id, Date.now()))) throw await refused(find);
    return context.json(shown({ ...handover, state: "cancelled" }), 200);
  })
  .openapi(
    route(
      { method: "post", path: "/v1/handovers/accept", request: json(z.strictObject({ token: z.string().max(100) })) },
      "projects",
      Shown,
    ),
    async (context) => {
      const { token } = context.req.valid("json");
      const { user, handover, receives, find } = await concerning(context, token);
      if (!receives || !(await isTokenOf(context.env.DATABASE, token, handover))) throw new CloudError("not_found");
      if (!(await acceptHandover(context.env.DATABASE, handover, user.id, Date.now()))) throw await refused(find);
      return context.json(shown({ ...handover, state: "accepted" }), 200);
    },
  )
  .openapi(route({ method: "post", path: "/v1/handovers/{handover}/complete", request: byId }, "projects", Shown), async (context) => {
    const { user, handover, receives, find } = await concerning(context, context.req.valid("param").handover);
    if (!receives) throw new CloudError("not_found");
    if (!(await completeHandover(context.env.DATABASE, handover, user.id, Date.now()))) throw await refused(find);
    await dropMember(context.env, handover.projectId, handover.fromUserId);
    return context.json(shown({ ...handover, state: "completed" }), 200);
  });
