/** Invites, and those who came by them. */
import * as z from "zod";
import { limitAddress } from "../auth/principal.ts";
import { ledgerOf, liveOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { NANO_PER_CENT } from "../money/nano-dollars.ts";
import { dropMember } from "../projects/drop.ts";
import { GUEST_ROLES, ROLES } from "../projects/roles.ts";
import {
  changeMember,
  invitesOf,
  isInviteToken,
  type Joined,
  join,
  type Member,
  makeInvite,
  membersOf,
  projectOfInvite,
  removeMember,
  revokeInvite,
} from "../store/members.ts";
import { noted } from "../store/projects.ts";
import { joinPage } from "./join-page.ts";
import { inProject, projectFor, projectId, projectRoute } from "./project-route.ts";
import { json, newRoutes, route } from "./route.ts";

const HOUR = 60 * 60_000;

const quotaCents = z.int().min(0).max(1_000_000);
const Invite = z.object({
  id: z.string(),
  role: z.enum(GUEST_ROLES),
  quotaCents: z.int(),
  single: z.boolean(),
  uses: z.int(),
  createdAt: z.int(),
  expiresAt: z.int(),
  state: z.enum(["open", "used", "expired", "revoked"]),
});
const NewInvite = z.strictObject({
  role: z.enum(GUEST_ROLES),
  quotaCents: quotaCents.default(0),
  expiresHours: z.int().min(1).max(8760).default(72),
  single: z.boolean().default(true),
});
const Collaborator = z.object({
  userId: z.string(),
  email: z.string(),
  role: z.enum(ROLES),
  quotaCents: z.int(),
  usedCents: z.number().describe("Of the quota; for the owner, of the owner's own questions."),
  joinedAt: z.int(),
});
const done = z.object({ done: z.literal(true) });
const DONE = { done: true } as const;

const guestParams = { params: z.object({ id: projectId, userId: z.uuid() }) };

const WHY: Record<Exclude<Joined["outcome"], "joined" | "unknown" | "member">, string> = {
  used: "It has been used.",
  expired: "It has expired.",
  revoked: "It was revoked.",
  removed: "You have left, or were removed.",
};

export const collaboratorRoutes = newRoutes()
  .openapi(
    projectRoute(
      { method: "post", path: "/v1/projects/{id}/invites", request: { ...inProject, ...json(NewInvite) } },
      "invites.manage",
      Invite.extend({ token: z.string(), url: z.string() }),
    ),
    async (context) => {
      const { expiresHours, ...invite } = context.req.valid("json");
      const now = Date.now();
      const by = { projectId: context.get("project").id, userId: context.get("principal").userId };
      const made = await makeInvite(context.env.DATABASE, by, { ...invite, expiresAt: now + expiresHours * HOUR }, now);
      return context.json({ ...made, url: `${context.get("publicUrl")}/join/${made.token}` }, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "get", path: "/v1/projects/{id}/invites", request: inProject },
      "invites.manage",
      z.object({ invites: z.array(Invite) }),
    ),
    async (context) => context.json({ invites: await invitesOf(context.env.DATABASE, context.get("project").id, Date.now()) }, 200),
  )
  .openapi(
    route(
      { method: "delete", path: "/v1/invites/{invite}", request: { params: z.object({ invite: z.string().max(64) }) } },
      "projects",
      done,
    ),
    async (context) => {
      const { invite } = context.req.valid("param");
      const { id } = await projectFor(context, await projectOfInvite(context.env.DATABASE, invite), "invites.manage");
      const now = Date.now();
      await revokeInvite(context.env.DATABASE, id, invite, now);
      await noted(context.env.DATABASE, id, context.get("principal").userId, "invite.revoked", invite, now).run();
      return context.json(DONE, 200);
    },
  )
  .openapi(
    route(
      { method: "post", path: "/v1/invites/accept", request: json(z.strictObject({ token: z.string().max(100) })) },
      "projects",
      z.object({ projectId: z.string(), name: z.string(), role: z.enum(GUEST_ROLES), quotaCents: z.int() }),
    ),
    async (context) => {
      const joined = await join(context.env.DATABASE, context.req.valid("json").token, context.get("principal").userId, Date.now());
      if (joined.outcome === "unknown") throw new CloudError("not_found");
      if (joined.outcome === "member") throw new CloudError("conflict", "You have a part in this project already.");
      if (joined.outcome !== "joined") throw new CloudError("invite_ended", WHY[joined.outcome]);
      const { outcome: _, ...answer } = joined;
      return context.json(answer, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "get", path: "/v1/projects/{id}/collaborators", request: inProject },
      "collaborators.see",
      z.object({ collaborators: z.array(Collaborator) }),
    ),
    async (context) => {
      const { id } = context.get("project");
      const [members, use] = await Promise.all([
        membersOf(context.env.DATABASE, id),
        ledgerOf(context.env, context.get("principal").userId).projectUse(id),
      ]);
      const used = (member: Member) => {
        const guest = member.role === "owner" ? "" : `${member.userId}/${member.grantId}`;
        return (use.find((of) => of.guest === guest)?.used ?? 0) / NANO_PER_CENT;
      };
      const collaborators = members.map((member) => {
        const { userId, email, role, quotaCents: quota, joinedAt } = member;
        return { userId, email, role, quotaCents: quota, usedCents: used(member), joinedAt };
      });
      return context.json({ collaborators }, 200);
    },
  )
  .openapi(
    projectRoute(
      {
        method: "put",
        path: "/v1/projects/{id}/collaborators/{userId}",
        request: {
          ...guestParams,
          ...json(z.strictObject({ role: z.enum(GUEST_ROLES).optional(), quotaCents: quotaCents.optional() })),
        },
      },
      "collaborators.manage",
      done,
    ),
    async (context) => {
      const { id, userId } = context.req.valid("param");
      const change = context.req.valid("json");
      if (!(await changeMember(context.env.DATABASE, { projectId: id, userId }, change))) throw new CloudError("not_found");
      await noted(context.env.DATABASE, id, context.get("principal").userId, "collaborator.changed", userId, Date.now()).run();
      // What they watch was begun with the role from before.
      if (change.role !== undefined) await liveOf(context.env, id).drop(userId);
      return context.json(DONE, 200);
    },
  )
  .openapi(
    projectRoute(
      { method: "delete", path: "/v1/projects/{id}/collaborators/{userId}", request: guestParams },
      "collaborators.manage",
      done,
    ),
    async (context) => {
      const { id, userId } = context.req.valid("param");
      if (!(await removeMember(context.env.DATABASE, { projectId: id, userId }))) throw new CloudError("not_found");
      await dropMember(context.env, id, userId);
      await noted(context.env.DATABASE, id, context.get("principal").userId, "collaborator.removed", userId, Date.now()).run();
      return context.json(DONE, 200);
    },
  )
  .openapi(
    projectRoute({ method: "post", path: "/v1/projects/{id}/leave", request: inProject }, "project.leave", done),
    async (context) => {
      const own = { projectId: context.get("project").id, userId: context.get("principal").userId };
      await removeMember(context.env.DATABASE, own);
      await dropMember(context.env, own.projectId, own.userId);
      await noted(context.env.DATABASE, own.projectId, own.userId, "collaborator.left", own.userId, Date.now()).run();
      return context.json(DONE, 200);
    },
  );

collaboratorRoutes.get("/join/:token", limitAddress, (context) => {
  const token = context.req.param("token");
  if (!isInviteToken(token)) throw new CloudError("not_found");
  return context.html(joinPage(`${context.get("publicUrl")}/join/${token}`));
});
