/** What gateways say of devices' requests, each good once. One way to the database: every request through a gateway takes it. */

interface Statement {
  readonly nonce: string;
  readonly userId: string;
  readonly deviceId: string;
}

export interface Accepted {
  /** The user of the device, if it is neither revoked nor its user's account closed. */
  readonly owner: string | undefined;
}

/** Undefined when the statement has been used. @param goodFor ms after which it is refused for its age */
export async function useStatement(
  database: D1Database,
  { nonce, userId, deviceId }: Statement,
  now: number,
  goodFor: number,
): Promise<Accepted | undefined> {
  const [, inserted, owners] = await database.batch<{ userId: string }>([
    database.prepare("DELETE FROM statement WHERE expiresAt < ?").bind(now),
    database.prepare("INSERT INTO statement (nonce, expiresAt) VALUES (?, ?) ON CONFLICT DO NOTHING").bind(nonce, now + 2 * goodFor),
    database
      .prepare(
        `SELECT userId FROM device JOIN user ON user.id = userId
         WHERE device.id = ? AND userId = ? AND revokedAt IS NULL AND closedAt IS NULL`,
      )
      .bind(deviceId, userId),
  ]);
  return (inserted?.meta.changes ?? 0) > 0 ? { owner: owners?.results[0]?.userId } : undefined;
}
