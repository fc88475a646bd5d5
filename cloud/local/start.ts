/** The cloud on this machine: the Worker in workerd, and stand-ins for what is paid for or outside. Nothing is kept. */
import { createTestHarness, type TestHarness } from "wrangler";
import { type FakeMail, startFakeMail } from "../fakes/mail/server.ts";
import { FakeStripe } from "../fakes/stripe/server.ts";

const STRIPE_KEY = "sk_test_local";
const WEBHOOK_SECRET = "whsec_local";
const MAIL_SECRET = "mail_local";

export interface LocalCloud {
  readonly url: string;
  readonly server: TestHarness;
  readonly stripe: FakeStripe;
  readonly mail: FakeMail;
  readonly webhookSecret: string;
  close(): Promise<void>;
}

/** @param vars settings of wrangler.jsonc that differ here */
export async function startLocalCloud(vars: Readonly<Record<string, string>> = {}): Promise<LocalCloud> {
  const stripe = new FakeStripe({ secretKey: STRIPE_KEY });
  const mail = await startFakeMail(MAIL_SECRET);
  const settings = {
    STRIPE_BASE_URL: await stripe.listen(),
    STRIPE_METER_ID: "mtr_local",
    STRIPE_PRICE_ID: "price_local",
    MAIL_URL: mail.url,
    STRIPE_SECRET_KEY: STRIPE_KEY,
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    MAIL_SECRET,
  };
  const configPath = new URL("../worker/wrangler.jsonc", import.meta.url);
  const server = createTestHarness({ workers: [{ configPath, vars: { ...settings, ...vars } }] });
  const { url } = await server.listen();
  await server.getWorker().applyD1Migrations("DATABASE");
  stripe.webhooks = { url: new URL("/v1/webhooks/stripe", url).href, secret: WEBHOOK_SECRET };
  const close = async () => {
    await server.close();
    await Promise.all([stripe.close(), mail.close()]);
  };
  return { url: url.origin, server, stripe, mail, webhookSecret: WEBHOOK_SECRET, close };
}
