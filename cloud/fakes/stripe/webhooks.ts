import Stripe from "stripe";

/** Where webhooks go, and what they are signed with. */
export interface WebhookTarget {
  readonly url: string;
  readonly secret: string;
}

/** A webhook as Stripe sends it. @param timestamp of its signature, seconds since 1970; now when absent */
export async function sendWebhook(target: WebhookTarget, type: string, object: object, id: string, timestamp?: number): Promise<Response> {
  return sendSigned(target, { id, object: "event", type, created: Math.floor(Date.now() / 1000), data: { object } }, timestamp);
}

export async function sendSigned(target: WebhookTarget, message: object, timestamp?: number): Promise<Response> {
  const payload = JSON.stringify(message);
  const signature = new Stripe("sk_test_none").webhooks.generateTestHeaderString({
    payload,
    secret: target.secret,
    ...(timestamp !== undefined && { timestamp }),
  });
  return fetch(target.url, {
    method: "POST",
    headers: { "content-type": "application/json", "stripe-signature": signature },
    body: payload,
  });
}
