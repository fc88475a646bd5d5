/** Who a device belongs to, as it stands in its certificate, so that a gateway needs no database to know it. */
export interface DeviceIdentity {
  readonly userId: string;
  readonly deviceId: string;
}

const ID = "[A-Za-z0-9._-]{1,64}";
const URI = new RegExp(`^superinstance://user/(${ID})/device/(${ID})$`);

/** @throws Error when an id has other characters than letters, digits, dots, dashes and underscores, or more than 64 */
export function identityUri({ userId, deviceId }: DeviceIdentity): string {
  const uri = `superinstance://user/${userId}/device/${deviceId}`;
  if (!URI.test(uri)) throw new Error("an id has characters that it may not have");
  return uri;
}

export function parseIdentityUri(uri: string): DeviceIdentity | undefined {
  const [, userId, deviceId] = URI.exec(uri) ?? [];
  return userId && deviceId ? { userId, deviceId } : undefined;
}
