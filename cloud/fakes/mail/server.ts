/** A stand-in for the service that sends mail: it checks what it gets, and keeps it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import * as z from "zod";

const Mail = z.strictObject({ to: z.email(), subject: z.string().min(1).max(200), text: z.string().min(1) });
export type SentMail = z.infer<typeof Mail>;

export interface FakeMail {
  readonly url: string;
  readonly sent: readonly SentMail[];
  close(): Promise<void>;
}

export async function startFakeMail(secret: string, onMail?: (mail: SentMail) => void): Promise<FakeMail> {
  const sent: SentMail[] = [];
  const server = createServer((request, response) => {
    void json(request).then(
      (body) => {
        const mail = Mail.safeParse(body);
        const known = request.headers.authorization === `Bearer ${secret}`;
        if (known && mail.success) {
          sent.push(mail.data);
          onMail?.(mail.data);
        }
        response.writeHead(known ? (mail.success ? 202 : 400) : 401).end();
      },
      () => response.writeHead(400).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/send`;
  return { url, sent, close: () => new Promise((resolve) => server.close(() => resolve())) };
}
