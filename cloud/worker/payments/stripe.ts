import Stripe from "stripe";
import { CloudError } from "../errors.ts";

/** How Stripe is reached. The secret key is a secret binding. */
export interface StripeSettings {
  readonly STRIPE_SECRET_KEY: string;
  readonly STRIPE_WEBHOOK_SECRET: string;
  /** The meter, and the name of its events; its value is in cents. */
  readonly STRIPE_METER_ID: string;
  readonly STRIPE_METER_EVENT: string;
  /** The metered price of the subscription. */
  readonly STRIPE_PRICE_ID: string;
  /** Another address than Stripe's own: a stand-in on this machine. */
  readonly STRIPE_BASE_URL?: string;
}

/** Long enough for Stripe at its slowest, short enough for what waits behind it. */
const TIMEOUT = 20_000;

/** A client that does not repeat requests by itself: what may be repeated is decided where it is known. */
export function stripeClient({ STRIPE_SECRET_KEY, STRIPE_BASE_URL }: StripeSettings): Stripe {
  return new Stripe(STRIPE_SECRET_KEY, {
    httpClient: Stripe.createFetchHttpClient(),
    maxNetworkRetries: 0,
    timeout: TIMEOUT,
    telemetry: false,
    ...(STRIPE_BASE_URL && address(new URL(STRIPE_BASE_URL))),
  });
}

function address({ hostname, port, protocol }: URL) {
  const http = protocol === "http:";
  return { host: hostname, port: port || (http ? "80" : "443"), protocol: http ? ("http" as const) : ("https" as const) };
}

/** Stripe's own errors may quote what was sent: only that it failed goes on. */
export async function atStripe<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw new CloudError("payment_unavailable");
  }
}
