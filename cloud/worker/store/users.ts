export interface User {
  readonly id: string;
  readonly email: string;
  readonly customer: string | null;
  readonly subscribed: number;
}

export async function userById(database: D1Database, id: string): Promise<User | null> {
  return database.prepare("SELECT id, email, customer, subscribed FROM user WHERE id = ? AND closedAt IS NULL").bind(id).first<User>();
}

export async function userByCustomer(database: D1Database, customer: string): Promise<User | null> {
  return database.prepare("SELECT id, email, customer, subscribed FROM user WHERE customer = ?").bind(customer).first<User>();
}

/** The user with this address, made if there is none. Addresses that differ in case only are one. */
export async function userByEmail(database: D1Database, email: string, now: number): Promise<User> {
  const row = await database
    .prepare(
      `INSERT INTO user (id, email, createdAt) VALUES (?, ?, ?)
       ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id, email, customer, subscribed`,
    )
    .bind(crypto.randomUUID(), email.toLowerCase(), now)
    .first<User>();
  if (!row) throw new Error("the database gave no user");
  return row;
}

/** Keeps the first customer that is set, and gives the one that is kept. */
export async function setCustomer(database: D1Database, id: string, customer: string): Promise<string> {
  const row = await database
    .prepare("UPDATE user SET customer = coalesce(customer, ?) WHERE id = ? RETURNING customer")
    .bind(customer, id)
    .first<{ customer: string }>();
  return row?.customer ?? customer;
}

export async function setSubscribed(database: D1Database, id: string, subscribed: boolean): Promise<void> {
  await database
    .prepare("UPDATE user SET subscribed = ? WHERE id = ?")
    .bind(subscribed ? 1 : 0, id)
    .run();
}

/** Writes who did what to what; the subject is an id. */
export async function audit(database: D1Database, userId: string | null, action: string, subject: string, now: number): Promise<void> {
  await database.prepare("INSERT INTO audit (userId, at, action, subject) VALUES (?, ?, ?, ?)").bind(userId, now, action, subject).run();
}

/**
 * Closes an account, in one transaction: its keys and devices are refused from now on, its address is forgotten and may be
 * somebody's anew, and it has a part in nobody's project. False when it was closed before, or owns a project still.
 */
export async function closeUser(database: D1Database, id: string, now: number): Promise<boolean> {
  const open = "id = ?1 AND closedAt IS NULL AND NOT EXISTS (SELECT 1 FROM member WHERE userId = ?1 AND role = 'owner')";
  const closed = "(SELECT 1 FROM user WHERE id = ?1 AND closedAt = ?2)";
  const [changed] = await database.batch([
    database.prepare(`UPDATE user SET closedAt = ?2, email = 'closed:' || id WHERE ${open}`).bind(id, now),
    database
      .prepare(`UPDATE api_key SET revokedAt = coalesce(revokedAt, ?2), name = '' WHERE userId = ?1 AND EXISTS ${closed}`)
      .bind(id, now),
    database
      .prepare(`UPDATE device SET revokedAt = coalesce(revokedAt, ?2), name = '' WHERE userId = ?1 AND EXISTS ${closed}`)
      .bind(id, now),
    database.prepare(`DELETE FROM login WHERE userId = ?1 AND EXISTS ${closed}`).bind(id, now),
    database.prepare(`DELETE FROM member WHERE userId = ?1 AND EXISTS ${closed}`).bind(id, now),
    database
      .prepare(`INSERT INTO audit (userId, at, action, subject) SELECT ?1, ?2, 'account.closed', ?1 WHERE EXISTS ${closed}`)
      .bind(id, now),
  ]);
  return (changed?.meta.changes ?? 0) > 0;
}

/** Accounts that are closed and have not been cleared. */
export async function closedUsers(database: D1Database, most: number): Promise<string[]> {
  const all = database.prepare("SELECT id FROM user WHERE closedAt IS NOT NULL AND clearedAt IS NULL LIMIT ?").bind(most);
  return (await all.all<{ id: string }>()).results.map(({ id }) => id);
}

export async function setCleared(database: D1Database, id: string, now: number): Promise<void> {
  await database.prepare("UPDATE user SET clearedAt = ? WHERE id = ?").bind(now, id).run();
}
