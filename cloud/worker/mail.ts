import type { Env } from "./env.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

const TIMEOUT = 10_000;

/** Hands a mail to the service that sends it; false when that did not take it. */
export async function sendMail({ MAIL_URL, MAIL_SECRET }: Env, mail: Mail): Promise<boolean> {
  try {
    const response = await fetch(MAIL_URL, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${MAIL_SECRET}` },
      body: JSON.stringify(mail),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
