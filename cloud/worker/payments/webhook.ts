/** What Stripe tells: checked by its signature, and done once however often it is told. */
import Stripe from "stripe";
import type * as z from "zod";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { TIERS } from "../money/tier.ts";
import { setSubscribed, userByCustomer } from "../store/users.ts";
import { atStripe, stripeClient } from "./stripe.ts";
import { Dispute, Event, Invoice, MeterErrors, type Reference, Refund, Session, Subscription, UnpaidInvoice } from "./webhook-forms.ts";

/** How old a message may be, in seconds. */
const TOLERANCE = 300;

/** @throws CloudError unauthenticated for a message that Stripe has not signed, or long ago; invalid_request for one of another form */
export async function takeWebhook(env: Env, body: string, signature: string): Promise<void> {
  const client = stripeClient(env);
  const signed = [body, signature, env.STRIPE_WEBHOOK_SECRET, TOLERANCE, Stripe.createSubtleCryptoProvider()] as const;
  // Two kinds of message come to one address: events with their object, and notifications of events to be fetched.
  const event = await client.webhooks.constructEventAsync(...signed).catch(() => undefined);
  if (event) return act(env, event);
  const notification = await client.parseEventNotificationAsync(...signed).catch(() => undefined);
  if (!notification) throw new CloudError("unauthenticated");
  if (notification.type === "v1.billing.meter.error_report_triggered") await rejected(env, (await notification.fetchEvent()).data);
}

async function act(env: Env, message: unknown): Promise<void> {
  const { type, data } = read(Event, message);
  switch (type) {
    case "checkout.session.completed":
    case "checkout.session.async_payment_succeeded":
      return checkedOut(env, read(Session, data.object));
    case "invoice.paid":
      return paid(env, read(Invoice, data.object));
    case "invoice.payment_failed":
    case "invoice.payment_action_required":
      return notPaid(env, read(UnpaidInvoice, data.object));
    case "invoice.voided":
      return voided(env, read(UnpaidInvoice, data.object));
    case "refund.created":
    case "refund.updated":
    case "refund.failed":
      return refunded(env, read(Refund, data.object));
    case "charge.dispute.funds_withdrawn":
    case "charge.dispute.funds_reinstated":
      return disputed(env, read(Dispute, data.object), type === "charge.dispute.funds_reinstated");
    case "customer.subscription.deleted":
      return unsubscribed(env, read(Subscription, data.object));
  }
}

/** @throws CloudError invalid_request, naming the fields that are not as they must be */
function read<T>(form: z.ZodType<T>, value: unknown): T {
  const { success, data, error } = form.safeParse(value);
  if (success) return data;
  throw new CloudError(
    "invalid_request",
    error.issues
      .map(({ path }) => path.map(String).join(".") || "body")
      .slice(0, 5)
      .join(", "),
  );
}

async function checkedOut(env: Env, session: z.infer<typeof Session>): Promise<void> {
  const userId = session.metadata?.["user_id"];
  if (!userId || (session.mode === "payment" && session.payment_status !== "paid")) return;
  if (session.mode === "payment") {
    if (session.currency !== "usd" || typeof session.amount_total !== "number") return;
    await ledgerOf(env, userId).move({ id: session.id, kind: "credit", cents: session.amount_total });
    return;
  }
  const tier = TIERS.find((name) => name === session.metadata?.["tier"]);
  if (session.mode !== "subscription" || !tier) return;
  await setSubscribed(env.DATABASE, userId, true);
  const customer = idOf(session.customer);
  if (customer) await ledgerOf(env, userId).setCustomer(customer);
  await ledgerOf(env, userId).setTier(tier);
}

async function paid(env: Env, { id, customer, amount_paid: cents }: z.infer<typeof Invoice>): Promise<void> {
  const user = await userOf(env, customer);
  if (user && id) await ledgerOf(env, user).move({ id, kind: "payment", cents });
}

/** The card has expired or was declined, or its bank asks for more. Stripe tries again by itself and writes to the customer. */
async function notPaid(env: Env, invoice: z.infer<typeof UnpaidInvoice>): Promise<void> {
  const user = await userOf(env, invoice.customer);
  const { id, amount_remaining: cents, hosted_invoice_url: page = null } = invoice;
  if (user) await ledgerOf(env, user).failPayment({ id, cents, page });
}

/** What Stripe asks for no more is no longer owed. */
async function voided(env: Env, { id, customer, amount_remaining: cents }: z.infer<typeof UnpaidInvoice>): Promise<void> {
  const user = await userOf(env, customer);
  if (user) await ledgerOf(env, user).move({ id, kind: "payment", cents });
}

/** A refund that fails, or is cancelled, is noted with its return: in any order, and however often it is told, it comes to nothing. */
async function refunded(env: Env, { id, charge, amount, status }: z.infer<typeof Refund>): Promise<void> {
  if (!charge) return;
  await takeBack(env, charge, `refund:${id}`, amount, status === "failed" || status === "canceled");
}

/** What counts of a dispute is the money: it is gone while the dispute is open, and comes back when it is won. */
async function disputed(env: Env, { id, charge, amount }: z.infer<typeof Dispute>, returned: boolean): Promise<void> {
  await takeBack(env, charge, `dispute:${id}`, amount, returned);
}

/** Notes money of a charge that was taken back, and where it has been returned, that too; each once. */
async function takeBack(env: Env, of: NonNullable<Reference>, id: string, cents: number, returned: boolean): Promise<void> {
  const charge = await atStripe(() => stripeClient(env).charges.retrieve(idOf(of)));
  const user = await userOf(env, charge.customer);
  if (!user || charge.currency !== "usd") return;
  const credits = charge.metadata["purpose"] === "credits";
  const ledger = ledgerOf(env, user);
  await ledger.move({ id, kind: credits ? "reversal" : "unpayment", cents });
  if (returned) await ledger.move({ id: `${id}:returned`, kind: credits ? "credit" : "payment", cents });
}

async function unsubscribed(env: Env, subscription: z.infer<typeof Subscription>): Promise<void> {
  const user = await userOf(env, subscription.customer);
  if (!user) return;
  await setSubscribed(env.DATABASE, user, false);
  await ledgerOf(env, user).setTier("free");
}

function idOf(reference: NonNullable<Reference>): string;
function idOf(reference: Reference): string | undefined;
function idOf(reference: Reference): string | undefined {
  return typeof reference === "string" ? reference : reference?.id;
}

async function userOf(env: Env, customer: Reference): Promise<string | undefined> {
  const id = idOf(customer);
  return id ? (await userByCustomer(env.DATABASE, id))?.id : undefined;
}

/** Meter events that Stripe took and afterwards could not count; their identifiers begin with the ledger they came from. */
async function rejected(env: Env, data: unknown): Promise<void> {
  const samples = read(MeterErrors, data).reason.error_types.flatMap(({ sample_errors }) => sample_errors);
  for (const { request } of samples) {
    const [, ledger] = /^([0-9a-f]{64})\.\d{1,10}$/.exec(request.identifier) ?? [];
    if (ledger) await env.BILLING_LEDGER.get(env.BILLING_LEDGER.idFromString(ledger)).rejected(request.identifier);
  }
}
