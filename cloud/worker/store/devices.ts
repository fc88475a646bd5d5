/** Devices that have a certificate of ours. */
export interface DeviceInfo {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  /** When its newest certificate ends. */
  readonly expiresAt: number;
}

/** Devices that one user may have at a time. */
export const MAX_DEVICES = 20;

export async function addDevice(database: D1Database, userId: string, { id, name, createdAt, expiresAt }: DeviceInfo): Promise<void> {
  await database
    .prepare("INSERT INTO device (id, userId, name, createdAt, expiresAt) VALUES (?, ?, ?, ?, ?)")
    .bind(id, userId, name, createdAt, expiresAt)
    .run();
}

/** Those that can connect, or could with a renewed certificate. */
export async function listDevices(database: D1Database, userId: string): Promise<DeviceInfo[]> {
  const { results } = await database
    .prepare("SELECT id, name, createdAt, expiresAt FROM device WHERE userId = ? AND revokedAt IS NULL ORDER BY createdAt")
    .bind(userId)
    .all<DeviceInfo>();
  return results;
}

/** Notes a new certificate; false when the user has no such device. */
export async function renewDevice(database: D1Database, userId: string, id: string, expiresAt: number): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE device SET expiresAt = max(expiresAt, ?) WHERE id = ? AND userId = ? AND revokedAt IS NULL")
    .bind(expiresAt, id, userId)
    .run();
  return meta.changes > 0;
}

/** False when the user has no such device. */
export async function revokeDevice(database: D1Database, userId: string, id: string, now: number): Promise<boolean> {
  const { meta } = await database
    .prepare("UPDATE device SET revokedAt = ? WHERE id = ? AND userId = ? AND revokedAt IS NULL")
    .bind(now, id, userId)
    .run();
  return meta.changes > 0;
}

/** Ids of revoked devices whose certificates have not ended by themselves. */
export async function revokedDevices(database: D1Database, now: number): Promise<string[]> {
  const { results } = await database
    .prepare("SELECT id FROM device WHERE revokedAt IS NOT NULL AND expiresAt > ?")
    .bind(now)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}
