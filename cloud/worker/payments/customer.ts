import type { Env } from "../env.ts";
import { ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { setCustomer, type User, userById } from "../store/users.ts";
import { atStripe, stripeClient } from "./stripe.ts";

/** The user's customer at Stripe, made if there is none; asked for twice at once, it is still one. */
export async function customerOf(env: Env, userId: string): Promise<string> {
  const user = await userById(env.DATABASE, userId);
  if (!user) throw new CloudError("unauthenticated");
  const customer = user.customer ?? (await newCustomer(env, user));
  // Told each time: the ledger may have failed when the customer was made, and would then never bill.
  await ledgerOf(env, userId).setCustomer(customer);
  return customer;
}

async function newCustomer(env: Env, { id, email }: User): Promise<string> {
  const made = await atStripe(() =>
    stripeClient(env).customers.create({ email, metadata: { user_id: id } }, { idempotencyKey: `customer-${id}` }),
  );
  return setCustomer(env.DATABASE, id, made.id);
}

/** Who pays, and where they come back to. */
export interface Payer {
  readonly env: Env;
  readonly userId: string;
  readonly publicUrl: string;
}

/** A page on which credits are paid for. */
export async function topUpPage(
  { env, userId, publicUrl }: Payer,
  cents: number,
  idempotencyKey: string,
): Promise<{ id: string; url: string }> {
  const metadata = { user_id: userId, purpose: "credits" };
  const product = { currency: "usd", unit_amount: cents, product_data: { name: "SuperInstance credits" } };
  return checkout({ env, userId, publicUrl }, idempotencyKey, {
    mode: "payment",
    line_items: [{ quantity: 1, price_data: product }],
    metadata,
    payment_intent_data: { metadata },
  });
}

/** A page on which a card is given for what is used on a tier. */
export async function subscriptionPage({ env, userId, publicUrl }: Payer, tier: string): Promise<{ id: string; url: string }> {
  const metadata = { user_id: userId, purpose: "tier", tier };
  return checkout({ env, userId, publicUrl }, crypto.randomUUID(), {
    mode: "subscription",
    line_items: [{ price: env.STRIPE_PRICE_ID }],
    metadata,
    subscription_data: { metadata },
  });
}

type CheckoutParams = NonNullable<Parameters<ReturnType<typeof stripeClient>["checkout"]["sessions"]["create"]>[0]>;

async function checkout(
  { env, userId, publicUrl }: Payer,
  idempotencyKey: string,
  params: CheckoutParams,
): Promise<{ id: string; url: string }> {
  const customer = await customerOf(env, userId);
  const session = await atStripe(() =>
    stripeClient(env).checkout.sessions.create(
      {
        ...params,
        customer,
        client_reference_id: userId,
        success_url: `${publicUrl}/paid`,
        cancel_url: `${publicUrl}/cancelled`,
      },
      { idempotencyKey: `checkout-${userId}-${idempotencyKey}` },
    ),
  );
  if (!session.url) throw new CloudError("payment_unavailable");
  return { id: session.id, url: session.url };
}
