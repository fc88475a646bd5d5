/** Mail, by whichever service the deployment has chosen to send it. */
import type { Env } from "./env.ts";

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

export type MailSettings = Pick<Env, "MAIL_SERVICE" | "MAIL_URL" | "MAIL_SECRET" | "MAIL_FROM">;

interface Service {
  /** Where it is, unless MAIL_URL says otherwise; undefined where that must. */
  readonly url?: string;
  readonly headers: (secret: string) => Readonly<Record<string, string>>;
  readonly body: (mail: Mail, from: string) => object;
}

const bearer = (secret: string) => ({ authorization: `Bearer ${secret}` });

/** A further service is a row here. */
const SERVICES: Readonly<Record<string, Service>> = {
  /** Whatever takes a mail as it is: a hook of one's own. */
  json: { headers: bearer, body: (mail) => mail },
  resend: {
    url: "https://api.resend.com/emails",
    headers: bearer,
    body: ({ to, subject, text }, from) => ({ from, to: [to], subject, text }),
  },
  postmark: {
    url: "https://api.postmarkapp.com/email",
    headers: (secret) => ({ accept: "application/json", "x-postmark-server-token": secret }),
    body: ({ to, subject, text }, from) => ({ From: from, To: to, Subject: subject, TextBody: text }),
  },
};

const TIMEOUT = 10_000;

/** Hands a mail to the service that sends it; false when that did not take it. */
export async function sendMail({ MAIL_SERVICE, MAIL_URL, MAIL_SECRET, MAIL_FROM }: MailSettings, mail: Mail): Promise<boolean> {
  const service = SERVICES[MAIL_SERVICE];
  const url = MAIL_URL || service?.url;
  if (!service || !url) return false;
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...service.headers(MAIL_SECRET) },
      body: JSON.stringify(service.body(mail, MAIL_FROM)),
      signal: AbortSignal.timeout(TIMEOUT),
    });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
