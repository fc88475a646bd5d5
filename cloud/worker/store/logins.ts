/** Sign-ins in progress (RFC 8628): a device waits while its user approves it by a link in a mail. */
import { parseScopes, type Scope } from "../auth/scopes.ts";
import { hashOf, randomText } from "../auth/secrets.ts";

export const LOGIN_MS = 15 * 60_000;
export const POLL_SECONDS = 5;
const MAX_MAILS = 3;

/** Letters that are hard to take for each other, and make no words. */
const CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

function newUserCode(): string {
  const letter = () => {
    for (;;) {
      const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
      if (byte < 240) return CODE_LETTERS[byte % CODE_LETTERS.length];
    }
  };
  return `${Array.from({ length: 4 }, letter).join("")}-${Array.from({ length: 4 }, letter).join("")}`;
}

export async function startLogin(database: D1Database, scopes: readonly Scope[], now: number) {
  const deviceCode = randomText(32);
  const userCode = newUserCode();
  await database.batch([
    database.prepare("DELETE FROM login WHERE expiresAt < ?").bind(now - LOGIN_MS),
    database
      .prepare("INSERT INTO login (deviceHash, userCode, scopes, state, interval, expiresAt) VALUES (?, ?, ?, 'pending', ?, ?)")
      .bind(await hashOf(deviceCode), userCode, scopes.join(" "), POLL_SECONDS, now + LOGIN_MS),
  ]);
  return { deviceCode, userCode };
}

/** Gives the code for a mail to this address, or undefined when no such sign-in waits or it has had its mails. */
export async function askByMail(database: D1Database, userCode: string, email: string, now: number): Promise<string | undefined> {
  const code = randomText(32);
  const { meta } = await database
    .prepare(
      `UPDATE login SET mailHash = ?, email = ?, mails = mails + 1
       WHERE userCode = ? AND state = 'pending' AND expiresAt > ? AND mails < ${MAX_MAILS}`,
    )
    .bind(await hashOf(code), email.toLowerCase(), userCode.toUpperCase(), now)
    .run();
  return meta.changes > 0 ? code : undefined;
}

/** The sign-in that a mail's code belongs to. */
export async function loginOfMail(database: D1Database, code: string, now: number) {
  return database
    .prepare("SELECT deviceHash, userCode, email FROM login WHERE mailHash = ? AND state = 'pending' AND expiresAt > ?")
    .bind(await hashOf(code), now)
    .first<{ deviceHash: string; userCode: string; email: string }>();
}

/** False when it has been decided meanwhile. */
export async function decideLogin(database: D1Database, deviceHash: string, userId: string | null): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE login SET state = ?, userId = ?, mailHash = NULL WHERE deviceHash = ? AND state = 'pending'")
    .bind(userId ? "approved" : "denied", userId, deviceHash)
    .run();
  return meta.changes > 0;
}

export type Poll =
  | { readonly state: "authorization_pending" | "slow_down" | "access_denied" | "expired_token" }
  | { readonly state: "approved"; readonly userId: string; readonly scopes: readonly Scope[] };

/** One question of the waiting device; an approval is given out once. */
export async function pollLogin(database: D1Database, deviceCode: string, now: number): Promise<Poll> {
  const hash = await hashOf(deviceCode);
  const row = await database
    .prepare("SELECT state, userId, scopes, polledAt, interval, expiresAt FROM login WHERE deviceHash = ?")
    .bind(hash)
    .first<{ state: string; userId: string | null; scopes: string; polledAt: number; interval: number; expiresAt: number }>();
  if (!row || row.expiresAt <= now || row.state === "used") return { state: "expired_token" };
  if (row.state === "denied") return { state: "access_denied" };
  if (row.state === "pending") {
    const early = now - row.polledAt < row.interval * 1000;
    await database
      .prepare("UPDATE login SET polledAt = ?, interval = ? WHERE deviceHash = ?")
      .bind(now, row.interval + (early ? POLL_SECONDS : 0), hash)
      .run();
    return { state: early ? "slow_down" : "authorization_pending" };
  }
  const { meta } = await database.prepare("UPDATE login SET state = 'used' WHERE deviceHash = ? AND state = 'approved'").bind(hash).run();
  return meta.changes > 0 && row.userId
    ? { state: "approved", userId: row.userId, scopes: parseScopes(row.scopes) }
    : { state: "expired_token" };
}
