/** Who has a part in a project, and the invites that let them in. */
import { hashOf, randomText, sameText } from "../auth/secrets.ts";
import type { GuestRole, Role } from "../projects/roles.ts";
import { noted } from "./projects.ts";

export interface Member {
  readonly projectId: string;
  readonly userId: string;
  readonly role: Role;
  readonly quotaCents: number;
  readonly grantId: string;
  readonly joinedAt: number;
}

export async function memberOf(database: D1Database, projectId: string, userId: string): Promise<Member | undefined> {
  return (
    (await database.prepare("SELECT * FROM member WHERE projectId = ? AND userId = ?").bind(projectId, userId).first<Member>()) ?? undefined
  );
}

export async function membersOf(database: D1Database, projectId: string): Promise<(Member & { readonly email: string })[]> {
  const { results } = await database
    .prepare("SELECT member.*, email FROM member JOIN user ON user.id = userId WHERE projectId = ? ORDER BY joinedAt, userId")
    .bind(projectId)
    .all<Member & { email: string }>();
  return results;
}

/** False when there is no such guest. The owner is none. */
export async function changeMember(
  database: D1Database,
  { projectId, userId }: Pick<Member, "projectId" | "userId">,
  { role, quotaCents }: { readonly role?: GuestRole | undefined; readonly quotaCents?: number | undefined },
): Promise<boolean> {
  const { meta } = await database
    .prepare(
      `UPDATE member SET role = coalesce(?, role), quotaCents = coalesce(?, quotaCents)
       WHERE projectId = ? AND userId = ? AND role <> 'owner'`,
    )
    .bind(role ?? null, quotaCents ?? null, projectId, userId)
    .run();
  return meta.changes > 0;
}

/** Ends a guest's part, and what their invite lets them do. False when there is no such guest. */
export async function removeMember(database: D1Database, { projectId, userId }: Pick<Member, "projectId" | "userId">): Promise<boolean> {
  const guest = "projectId = ? AND userId = ? AND role <> 'owner'";
  const [, deleted] = await database.batch([
    database
      .prepare(`INSERT INTO former_member SELECT userId, grantId FROM member WHERE ${guest} ON CONFLICT DO NOTHING`)
      .bind(projectId, userId),
    database.prepare(`DELETE FROM member WHERE ${guest}`).bind(projectId, userId),
  ]);
  return (deleted?.meta.changes ?? 0) > 0;
}

export interface Invite {
  readonly id: string;
  readonly role: GuestRole;
  readonly quotaCents: number;
  readonly single: boolean;
  readonly uses: number;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly state: "open" | "used" | "expired" | "revoked";
}

type InviteRow = Omit<Invite, "single" | "state"> & { single: number; revokedAt: number | null };

function asInvite({ revokedAt, single, ...row }: InviteRow, now: number): Invite {
  const state = revokedAt !== null ? "revoked" : row.expiresAt <= now ? "expired" : single === 1 && row.uses > 0 ? "used" : "open";
  return { ...row, single: single === 1, state };
}

const FORM = /^([\w-]{16})\.([\w-]{43})$/;

export const isInviteToken = (text: string) => FORM.test(text);

/** Makes an invite; its token is given here and never again. */
export async function makeInvite(
  database: D1Database,
  { projectId, userId }: Pick<Member, "projectId" | "userId">,
  invite: Pick<Invite, "role" | "quotaCents" | "single" | "expiresAt">,
  now: number,
): Promise<Invite & { readonly token: string }> {
  const [id, secret] = [randomText(12), randomText(32)];
  await database.batch([
    database
      .prepare("INSERT INTO invite (id, projectId, hash, role, quotaCents, single, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(id, projectId, await hashOf(secret), invite.role, invite.quotaCents, Number(invite.single), now, invite.expiresAt),
    noted(database, projectId, userId, "invite.made", id, now),
  ]);
  return { ...invite, id, uses: 0, createdAt: now, state: "open", token: `${id}.${secret}` };
}

export async function invitesOf(database: D1Database, projectId: string, now: number): Promise<Invite[]> {
  const { results } = await database
    .prepare(
      `SELECT id, role, quotaCents, single, uses, createdAt, expiresAt, revokedAt FROM invite WHERE projectId = ?
       ORDER BY createdAt DESC, id LIMIT 500`,
    )
    .bind(projectId)
    .all<InviteRow>();
  return results.map((row) => asInvite(row, now));
}

export async function projectOfInvite(database: D1Database, id: string): Promise<string | undefined> {
  return (await database.prepare("SELECT projectId FROM invite WHERE id = ?").bind(id).first<string>("projectId")) ?? undefined;
}

/** Whoever has come by it stays; nobody comes by it any more. */
export async function revokeInvite(database: D1Database, projectId: string, id: string, now: number): Promise<void> {
  await database
    .prepare("UPDATE invite SET revokedAt = coalesce(revokedAt, ?) WHERE id = ? AND projectId = ?")
    .bind(now, id, projectId)
    .run();
}

export type Joined =
  | { readonly outcome: "joined"; readonly projectId: string; readonly name: string; readonly role: GuestRole; readonly quotaCents: number }
  | { readonly outcome: "unknown" | "member" | "removed" | Exclude<Invite["state"], "open"> };

/** Lets a user in; of many who come at once by an invite for one, one is. */
export async function join(database: D1Database, token: string, userId: string, now: number): Promise<Joined> {
  const [, id = "", secret = ""] = FORM.exec(token) ?? [];
  const row = await database
    .prepare("SELECT invite.*, name FROM invite JOIN project ON project.id = projectId WHERE invite.id = ?")
    .bind(id)
    .first<InviteRow & { hash: string; projectId: string; name: string }>();
  const same = sameText(await hashOf(secret), row?.hash ?? "");
  if (!row || !same) return { outcome: "unknown" };
  const { projectId, name, role, quotaCents } = row;
  const { state } = asInvite(row, now);
  if (await memberOf(database, projectId, userId)) return { outcome: "member" };
  if (state !== "open") return { outcome: state };
  const open = "invite.id = ? AND revokedAt IS NULL AND expiresAt > ? AND (single = 0 OR uses = 0)";
  const welcome = "NOT EXISTS (SELECT 1 FROM former_member WHERE userId = ? AND grantId = invite.id)";
  const [inserted] = await database.batch([
    database
      .prepare(
        `INSERT INTO member SELECT projectId, ?, role, quotaCents, id, ? FROM invite WHERE ${open} AND ${welcome} ON CONFLICT DO NOTHING`,
      )
      .bind(userId, now, id, now, userId),
    database.prepare(`UPDATE invite SET uses = uses + 1 WHERE ${open} AND ${welcome}`).bind(id, now, userId),
    database
      .prepare(
        `INSERT INTO project_event (projectId, userId, at, action, subject)
         SELECT projectId, userId, joinedAt, 'invite.accepted', grantId FROM member WHERE projectId = ? AND userId = ? AND joinedAt = ?`,
      )
      .bind(projectId, userId, now),
  ]);
  if ((inserted?.meta.changes ?? 0) > 0) return { outcome: "joined", projectId, name, role, quotaCents };
  return { outcome: row.single === 1 ? "used" : "removed" };
}
