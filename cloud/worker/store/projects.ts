/** Projects, what they group, and their trail, in D1. */
import type { Role } from "../projects/roles.ts";

export interface Project {
  readonly id: string;
  readonly name: string;
  readonly instructions: string;
  readonly budgetCents: number | null;
  readonly approval: boolean;
  readonly createdAt: number;
}

export interface OwnProject extends Project {
  /** The role of who asks. */
  readonly role: Role;
}

export interface Content {
  readonly kind: "session" | "adapter";
  readonly ref: string;
}

/** Projects that one user may own at a time, and things that one project may group. */
export const MAX_PROJECTS = 200;
export const MAX_CONTENTS = 1000;

type ProjectRow = Omit<OwnProject, "approval"> & { approval: number };

const asProject = (row: ProjectRow): OwnProject => ({ ...row, approval: row.approval === 1 });

const SELECT = `SELECT project.id, name, instructions, budgetCents, approval, createdAt, role
  FROM project JOIN member ON member.projectId = project.id`;

/** A statement that writes who did what to what; the subject is an id. */
export function noted(database: D1Database, projectId: string, userId: string, action: string, subject: string, now: number) {
  return database
    .prepare("INSERT INTO project_event (projectId, userId, at, action, subject) VALUES (?, ?, ?, ?, ?)")
    .bind(projectId, userId, now, action, subject);
}

/** Undefined when the user owns as many as one may. */
export async function makeProject(
  database: D1Database,
  userId: string,
  { name, budgetCents }: Pick<Project, "name" | "budgetCents">,
  now: number,
): Promise<OwnProject | undefined> {
  const id = crypto.randomUUID();
  const owned = await database
    .prepare("SELECT count(*) AS n FROM member WHERE userId = ? AND role = 'owner'")
    .bind(userId)
    .first<number>("n");
  if ((owned ?? 0) >= MAX_PROJECTS) return undefined;
  await database.batch([
    database.prepare("INSERT INTO project (id, name, budgetCents, createdAt) VALUES (?, ?, ?, ?)").bind(id, name, budgetCents, now),
    database.prepare("INSERT INTO member VALUES (?, ?, 'owner', 0, ?, ?)").bind(id, userId, id, now),
    noted(database, id, userId, "project.made", id, now),
  ]);
  return { id, name, instructions: "", budgetCents, approval: false, createdAt: now, role: "owner" };
}

export async function projectsOf(database: D1Database, userId: string): Promise<OwnProject[]> {
  const { results } = await database.prepare(`${SELECT} WHERE userId = ? ORDER BY createdAt DESC`).bind(userId).all<ProjectRow>();
  return results.map(asProject);
}

/** The project as this user sees it; undefined for who has no part in it. */
export async function projectOf(database: D1Database, userId: string, id: string): Promise<OwnProject | undefined> {
  const row = await database.prepare(`${SELECT} WHERE userId = ? AND project.id = ?`).bind(userId, id).first<ProjectRow>();
  return row ? asProject(row) : undefined;
}

/** Writes what is given. */
export async function changeProject(
  database: D1Database,
  { userId, id, now }: { readonly userId: string; readonly id: string; readonly now: number },
  { name, budgetCents, approval, instructions }: Partial<Omit<Project, "id" | "createdAt">>,
): Promise<void> {
  const fields = { name, budgetCents, approval: approval === undefined ? undefined : Number(approval), instructions };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  await database.batch(
    given.flatMap(([field, value]) => [
      database.prepare(`UPDATE project SET ${field} = ? WHERE id = ?`).bind(value, id),
      noted(database, id, userId, "project.changed", field, now),
    ]),
  );
}

/** Of the project nothing stays but its trail. */
export async function deleteProject(database: D1Database, userId: string, id: string, now: number): Promise<void> {
  const tables = ["comment", "invite", "handover", "project_content", "member"];
  await database.batch([
    ...tables.map((table) => database.prepare(`DELETE FROM ${table} WHERE projectId = ?`).bind(id)),
    database.prepare("DELETE FROM project WHERE id = ?").bind(id),
    noted(database, id, userId, "project.deleted", id, now),
  ]);
}

export async function contentsOf(database: D1Database, id: string): Promise<Content[]> {
  const { results } = await database
    .prepare("SELECT kind, ref FROM project_content WHERE projectId = ? ORDER BY kind, ref LIMIT ?")
    .bind(id, MAX_CONTENTS)
    .all<Content>();
  return results;
}

export async function hasContent(database: D1Database, id: string, { kind, ref }: Content): Promise<boolean> {
  const found = database.prepare("SELECT 1 FROM project_content WHERE projectId = ? AND kind = ? AND ref = ?").bind(id, kind, ref);
  return (await found.first()) !== null;
}

/** The adapters of its owner that a project groups, by their names. */
export async function adaptersIn(database: D1Database, id: string): Promise<{ readonly id: string; readonly name: string }[]> {
  const { results } = await database
    .prepare(
      `SELECT adapter.id, adapter.name FROM project_content
       JOIN member ON member.projectId = project_content.projectId AND member.role = 'owner'
       JOIN adapter ON adapter.id = ref AND adapter.userId = member.userId AND state = 'ready'
       WHERE project_content.projectId = ? AND project_content.kind = 'adapter' ORDER BY adapter.name`,
    )
    .bind(id)
    .all<{ id: string; name: string }>();
  return results;
}

/** False when the project groups as much as it may. */
export async function addContent(database: D1Database, userId: string, id: string, { kind, ref }: Content, now: number): Promise<boolean> {
  const [, { meta } = { meta: { changes: 0 } }] = await database.batch([
    noted(database, id, userId, `${kind}.added`, ref, now),
    database
      .prepare(
        `INSERT INTO project_content SELECT ?, ?, ? WHERE (SELECT count(*) FROM project_content WHERE projectId = ?) < ${MAX_CONTENTS}
         ON CONFLICT DO UPDATE SET ref = excluded.ref`,
      )
      .bind(id, kind, ref, id),
  ]);
  return meta.changes > 0;
}

export async function removeContent(
  database: D1Database,
  userId: string,
  id: string,
  { kind, ref }: Content,
  now: number,
): Promise<boolean> {
  const { meta } = await database
    .prepare("DELETE FROM project_content WHERE projectId = ? AND kind = ? AND ref = ?")
    .bind(id, kind, ref)
    .run();
  if (meta.changes === 0) return false;
  await noted(database, id, userId, `${kind}.removed`, ref, now).run();
  return true;
}

export interface ProjectEvent {
  readonly id: number;
  readonly userId: string;
  readonly at: number;
  readonly action: string;
  readonly subject: string;
}

/** The trail, newest first. */
export async function trailOf(database: D1Database, id: string, limit: number): Promise<ProjectEvent[]> {
  const { results } = await database
    .prepare("SELECT id, userId, at, action, subject FROM project_event WHERE projectId = ? ORDER BY id DESC LIMIT ?")
    .bind(id, limit)
    .all<ProjectEvent>();
  return results;
}
