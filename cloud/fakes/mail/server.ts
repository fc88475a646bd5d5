/** A stand-in for services that send mail, each in its own form: it checks what it gets, and keeps it, in a folder too if wanted. */
import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import * as z from "zod";

const subject = z.string().min(1).max(200);
const text = z.string().min(1);
const Mail = z.strictObject({ to: z.email(), subject, text });
export type SentMail = z.infer<typeof Mail>;

const bearer = ({ authorization }: IncomingHttpHeaders) => /^Bearer (.+)$/.exec(authorization ?? "")?.[1];

/** By path: where the secret is, and what a mail looks like. */
const FORMS: Readonly<Record<string, { secret: (headers: IncomingHttpHeaders) => unknown; mail: z.ZodType<SentMail> }>> = {
  "/send": { secret: bearer, mail: Mail },
  "/json": { secret: bearer, mail: Mail },
  "/resend": {
    secret: bearer,
    mail: z
      .strictObject({ from: z.email(), to: z.tuple([z.email()]), subject, text })
      .transform(({ to: [to], subject, text }) => ({ to, subject, text })),
  },
  "/postmark": {
    secret: (headers) => headers["x-postmark-server-token"],
    mail: z
      .strictObject({ From: z.email(), To: z.email(), Subject: subject, TextBody: text })
      .transform(({ To: to, Subject: subject, TextBody: text }) => ({ to, subject, text })),
  },
};

export interface FakeMail {
  readonly url: string;
  readonly sent: readonly SentMail[];
  close(): Promise<void>;
}

export interface FakeMailOptions {
  readonly onMail?: ((mail: SentMail) => void) | undefined;
  /** Each mail becomes a file there. */
  readonly folder?: string | undefined;
}

export async function startFakeMail(secret: string, { onMail, folder }: FakeMailOptions = {}): Promise<FakeMail> {
  const sent: SentMail[] = [];
  const take = (mail: SentMail) => {
    sent.push(mail);
    if (folder !== undefined) writeFileSync(join(folder, `${String(sent.length).padStart(4, "0")}.json`), JSON.stringify(mail, null, 2));
    onMail?.(mail);
  };
  const server = createServer((request, response) => {
    const form = FORMS[request.url ?? ""];
    void json(request).then(
      (body) => {
        const known = form?.secret(request.headers) === secret;
        const mail = form?.mail.safeParse(body);
        if (known && mail?.success) take(mail.data);
        response.writeHead(known ? (mail?.success ? 202 : 400) : 401).end();
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`;
  return { url, sent, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
