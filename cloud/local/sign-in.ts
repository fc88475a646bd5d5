import type { FakeMail } from "../fakes/mail/server.ts";

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

const form = (values: Record<string, string>, decision?: string) => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ ...values, ...(decision && { decision }) }).toString(),
});

export interface DeviceCode {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri_complete: string;
  readonly interval: number;
}

export async function askForCode(fetch: Fetch, scope?: string): Promise<DeviceCode> {
  const response = await fetch("/v1/device/code", form({ client_id: "synesis", ...(scope !== undefined && { scope }) }));
  if (!response.ok) throw new Error(`no code: ${response.status} ${await response.text()}`);
  return (await response.json()) as DeviceCode;
}

/** What the user does: types code and address, follows the link in the mail, decides. */
export async function decide(fetch: Fetch, mail: FakeMail, userCode: string, email: string, decision: "approve" | "deny"): Promise<number> {
  await fetch("/device", form({ user_code: userCode, email }));
  const code = /confirm\?code=([\w-]+)/.exec(mail.sent.findLast(({ to }) => to === email)?.text ?? "")?.[1] ?? "";
  return (await fetch("/device/confirm", form({ code }, decision))).status;
}

export async function poll(fetch: Fetch, deviceCode: string): Promise<{ readonly access_token?: string; readonly error?: unknown }> {
  const grant = { client_id: "synesis", grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: deviceCode };
  return (await (await fetch("/v1/device/token", form(grant))).json()) as { access_token?: string };
}

/** A key for a user with this address, by the whole way of signing in. */
export async function signIn(fetch: Fetch, mail: FakeMail, email: string, scope?: string): Promise<string> {
  const { device_code, user_code } = await askForCode(fetch, scope);
  await decide(fetch, mail, user_code, email, "approve");
  const { access_token, error } = await poll(fetch, device_code);
  if (!access_token) throw new Error(`not signed in: ${JSON.stringify(error)}`);
  return access_token;
}
