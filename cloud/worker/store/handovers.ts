/**
 * Handing a project over: pending → email_sent → accepted → completed, and from each of the first three to expired or
 * cancelled. Every step is one statement, or one batch, that takes place in its own state alone; so of two that come at once
 * one does.
 */
import { hashOf, randomText, sameText } from "../auth/secrets.ts";
import { noted } from "./projects.ts";

export const HANDOVER_STATES = ["pending", "email_sent", "accepted", "completed", "expired", "cancelled"] as const;
export type HandoverState = (typeof HANDOVER_STATES)[number];

export interface Handover {
  readonly id: string;
  readonly projectId: string;
  readonly fromUserId: string;
  readonly toEmail: string;
  readonly toUserId: string | null;
  readonly state: HandoverState;
  readonly adapters: boolean;
  readonly knowledge: boolean;
  readonly createdAt: number;
  readonly changedAt: number;
  readonly expiresAt: number;
}

type Row = Omit<Handover, "adapters" | "knowledge"> & { adapters: number; knowledge: number; hash: string };

const OPEN = "state IN ('pending', 'email_sent', 'accepted')";
const FORM = /^([\w-]{16})(?:\.([\w-]{43}))?$/;

function asHandover({ hash: _, ...row }: Row): Handover {
  return { ...row, adapters: row.adapters === 1, knowledge: row.knowledge === 1 };
}

/** The id in a token; a bare id stays. */
export function handoverId(token: string): string {
  return FORM.exec(token)?.[1] ?? "";
}

async function expire(database: D1Database, now: number): Promise<void> {
  await database.prepare(`UPDATE handover SET state = 'expired', changedAt = expiresAt WHERE ${OPEN} AND expiresAt <= ?`).bind(now).run();
}

async function read(database: D1Database, id: string, now: number): Promise<Row | null> {
  await expire(database, now);
  return database.prepare("SELECT * FROM handover WHERE id = ?").bind(id).first<Row>();
}

/** A handover that this user gives or receives, whatever its state. */
export async function handoverOf(
  database: D1Database,
  id: string,
  { userId, email }: { readonly userId: string; readonly email: string },
  now: number,
): Promise<Handover | undefined> {
  const row = await read(database, id, now);
  return row && (row.fromUserId === userId || row.toEmail === email) ? asHandover(row) : undefined;
}

/** Handovers that one user may start in a day: each sends a mail. */
const A_DAY = 20;
const DAY = 24 * 60 * 60_000;

export async function mayStart(database: D1Database, userId: string, now: number): Promise<boolean> {
  const started = await database
    .prepare("SELECT count(*) AS n FROM project_event WHERE userId = ? AND action = 'handover.started' AND at > ?")
    .bind(userId, now - DAY)
    .first<number>("n");
  return (started ?? 0) < A_DAY;
}

export type Started = { readonly handover: Handover; readonly token: string } | { readonly open: HandoverState };

/** Begins one, or takes up one to the same address whose mail was not sent. Its token is given here and never again. */
export async function startHandover(
  database: D1Database,
  start: Pick<Handover, "projectId" | "fromUserId" | "toEmail" | "adapters" | "knowledge" | "expiresAt">,
  now: number,
): Promise<Started> {
  const secret = randomText(32);
  const hash = await hashOf(secret);
  const { projectId, fromUserId, toEmail, adapters, knowledge, expiresAt } = start;
  await expire(database, now);
  const row = await database
    .prepare(
      `INSERT INTO handover VALUES (?, ?, ?, ?, ?, NULL, 'pending', ?, ?, ?, ?, ?)
       ON CONFLICT (projectId) WHERE ${OPEN} DO UPDATE SET
         hash = excluded.hash, adapters = excluded.adapters, knowledge = excluded.knowledge, expiresAt = excluded.expiresAt
       WHERE state = 'pending' AND toEmail = excluded.toEmail AND fromUserId = excluded.fromUserId
       RETURNING *`,
    )
    .bind(randomText(12), projectId, hash, fromUserId, toEmail, Number(adapters), Number(knowledge), now, now, expiresAt)
    .first<Row>();
  if (row) {
    await noted(database, projectId, fromUserId, "handover.started", row.id, now).run();
    return { handover: asHandover(row), token: `${row.id}.${secret}` };
  }
  const open = await database.prepare(`SELECT state FROM handover WHERE projectId = ? AND ${OPEN}`).bind(projectId).first<Row>();
  return { open: open?.state ?? "pending" };
}

/** One step of a handover that is in a state `from`; false when it is not, or not any more. */
async function step(
  database: D1Database,
  handover: Handover,
  { from, to, by, now }: { readonly from: readonly HandoverState[]; readonly to: HandoverState; readonly by: string; readonly now: number },
): Promise<boolean> {
  const { meta } = await database
    .prepare(
      `UPDATE handover SET state = ?, changedAt = ?, toUserId = CASE ? WHEN 'accepted' THEN ? ELSE toUserId END
       WHERE id = ? AND expiresAt > ? AND state IN (SELECT value FROM json_each(?))`,
    )
    .bind(to, now, to, by, handover.id, now, JSON.stringify(from))
    .run();
  if (meta.changes === 0) return false;
  await noted(database, handover.projectId, by, `handover.${to}`, handover.id, now).run();
  return true;
}

export const mailSent = (database: D1Database, handover: Handover, now: number) =>
  step(database, handover, { from: ["pending"], to: "email_sent", by: handover.fromUserId, now });

export const cancelHandover = (database: D1Database, handover: Handover, by: string, now: number) =>
  step(database, handover, { from: ["pending", "email_sent", "accepted"], to: "cancelled", by, now });

/** The receiver says yes. Nothing has moved yet. */
export const acceptHandover = (database: D1Database, handover: Handover, by: string, now: number) =>
  step(database, handover, { from: ["email_sent"], to: "accepted", by, now });

/** Whether this is the handover's token, for whoever is signed in with the address that it names. */
export async function isTokenOf(database: D1Database, token: string, handover: Handover): Promise<boolean> {
  const secret = FORM.exec(token)?.[2] ?? "";
  const row = await database.prepare("SELECT hash FROM handover WHERE id = ?").bind(handover.id).first<Row>();
  return sameText(await hashOf(secret), row?.hash ?? "");
}

/**
 * Moves the project to who has accepted it, in one transaction: the old owner has no part in it any more, invites end, and
 * guests stay with no quota until the new owner, who then pays for them, gives them one. False when it cannot be.
 */
export async function completeHandover(database: D1Database, handover: Handover, by: string, now: number): Promise<boolean> {
  const { id, projectId, fromUserId } = handover;
  const ready = `EXISTS (SELECT 1 FROM handover JOIN member ON member.projectId = handover.projectId AND member.userId = fromUserId
    WHERE handover.id = ? AND state = 'accepted' AND expiresAt > ? AND toUserId = ? AND role = 'owner')`;
  const isReady = [id, now, by];
  const adaptersStay = handover.adapters
    ? []
    : [database.prepare(`DELETE FROM project_content WHERE projectId = ? AND kind = 'adapter' AND ${ready}`).bind(projectId, ...isReady)];
  const results = await database.batch([
    ...adaptersStay,
    database
      .prepare(`UPDATE invite SET revokedAt = coalesce(revokedAt, ?) WHERE projectId = ? AND ${ready}`)
      .bind(now, projectId, ...isReady),
    database.prepare(`UPDATE member SET quotaCents = 0 WHERE projectId = ? AND ${ready}`).bind(projectId, ...isReady),
    database.prepare(`DELETE FROM member WHERE projectId = ? AND userId = ? AND ${ready}`).bind(projectId, by, ...isReady),
    // The one row changes hands, so that there is an owner at every moment.
    database
      .prepare(`UPDATE member SET userId = ?, grantId = ?, joinedAt = ? WHERE projectId = ? AND userId = ? AND ${ready}`)
      .bind(by, id, now, projectId, fromUserId, ...isReady),
    database
      .prepare(
        `UPDATE handover SET state = 'completed', changedAt = ? WHERE id = ? AND state = 'accepted' AND expiresAt > ? AND toUserId = ?
         AND EXISTS (SELECT 1 FROM member WHERE member.projectId = handover.projectId AND userId = toUserId AND role = 'owner')`,
      )
      .bind(now, ...isReady),
    database
      .prepare(
        `INSERT INTO project_event (projectId, userId, at, action, subject)
         SELECT projectId, toUserId, changedAt, 'handover.completed', id FROM handover
         WHERE id = ? AND state = 'completed' AND changedAt = ? AND toUserId = ?`,
      )
      .bind(...isReady),
  ]);
  return (results.at(-3)?.meta.changes ?? 0) > 0;
}
