/**
 * A stand-in for Stripe on this machine, as a real HTTP server: it refuses what Stripe refuses, replays idempotent
 * requests, counts meter events as Stripe does, and signs webhooks. It takes no money.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answerRequest } from "./answer.ts";
import { type FormObject, parseForm } from "./form.ts";
import { REQUESTS, type RequestName } from "./requests.ts";
import { StripeRefusal, StripeStore } from "./store.ts";
import { sendSigned, sendWebhook, type WebhookTarget } from "./webhooks.ts";

/** What becomes of a request: answered; done, with the answer lost; lost before anything was done; refused by load or a fault. */
export type Fate = "answered" | "lost_answer" | "lost_request" | "busy" | "broken";

export interface FakeStripeOptions {
  readonly secretKey: string;
  /** Seconds since 1970. */
  readonly now?: () => number;
  /** The customer of the request, or "". */
  readonly fate?: (request: RequestName, customer: string) => Fate;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

export class FakeStripe {
  readonly store = new StripeStore();
  /** May be changed at any time. */
  fate: (request: RequestName, customer: string) => Fate;
  readonly #options: Required<FakeStripeOptions>;
  readonly #server: Server;
  /** Where it tells of payments; nowhere when absent. */
  webhooks: WebhookTarget | undefined;
  #url = "";
  readonly #replies = new Map<string, { readonly request: string; readonly answer: Answer }>();

  constructor(options: FakeStripeOptions) {
    this.#options = { now: () => Math.floor(Date.now() / 1000), fate: () => "answered", ...options };
    this.fate = this.#options.fate;
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, "127.0.0.1", resolve));
    this.#url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.#url;
  }

  /** Tells that a meter event which was taken could not be counted; the event itself is to be fetched. Gives the Worker's status. */
  async reportMeterError(identifier: string): Promise<number> {
    if (!this.webhooks) throw new Error("there is nobody to tell");
    const id = this.store.nextId("evt");
    const sample = { error_message: "No such customer.", request: { identifier } };
    const reason = { error_count: 1, error_types: [{ code: "meter_event_customer_not_found", error_count: 1, sample_errors: [sample] }] };
    const event = {
      id,
      object: "v2.core.event",
      type: "v1.billing.meter.error_report_triggered",
      created: new Date().toISOString(),
      livemode: false,
    };
    const related_object = { id: "mtr_local", type: "billing.meter", url: "/v1/billing/meters/mtr_local" };
    this.store.events.set(id, { ...event, related_object, data: { developer_message_summary: "", reason } });
    return (await sendSigned(this.webhooks, { ...event, related_object })).status;
  }

  /** What happens when the user has paid on the page of a checkout session; gives the Worker's status. */
  async pay(id: string): Promise<number> {
    const session = this.store.sessions.get(id);
    if (!session || !this.webhooks) throw new Error("there is no such session, or nobody to tell");
    const { customer, mode, cents, metadata, chargeMetadata } = session;
    const charge = { id: `ch_${id}`, object: "charge", customer, currency: "usd", amount: cents, metadata: chargeMetadata };
    if (mode === "payment") this.store.charges.set(charge.id, charge);
    const object = {
      id,
      object: "checkout.session",
      customer,
      mode,
      metadata,
      currency: "usd",
      amount_total: cents,
      payment_status: "paid",
    };
    return (await sendWebhook(this.webhooks, "checkout.session.completed", object, this.store.nextId("evt"))).status;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const url = new URL(request.url ?? "/", "http://stripe");
    const [, page] = /^\/pay\/(cs_test_\d+)$/.exec(url.pathname) ?? [];
    if (page && this.store.sessions.has(page))
      return void response.writeHead(await this.pay(page)).end("Paid, as far as this machine goes.\n");
    const name = requestName(request.method ?? "", url.pathname);
    const customer = /\bcus_\w+/.exec(decodeURIComponent(`${url.search} ${body}`))?.[0] ?? "";
    const fate = name ? this.fate(name, customer) : "answered";
    if (fate === "lost_request") return void request.socket.destroy();
    if (fate === "busy") return reply(response, refused(429, "Too many requests hit the API too quickly."));
    if (fate === "broken") return reply(response, refused(500, "An unknown error occurred."));
    const answer = this.#once(request, `${url.pathname}?${body}`, () => this.#do(request, name, url, body));
    if (fate === "lost_answer") return void request.socket.destroy();
    reply(response, answer);
  }

  /** A request with an idempotency key is done once; the same key with another request is refused. */
  #once(request: IncomingMessage, content: string, work: () => Answer): Answer {
    const key = request.headers["idempotency-key"];
    if (typeof key !== "string") return work();
    const known = this.#replies.get(key);
    if (known && known.request !== content)
      return refused(400, "Keys for idempotent requests can only be used with the same parameters they were first used with.");
    const answer = known?.answer ?? work();
    if (answer.status < 400) this.#replies.set(key, { request: content, answer });
    return answer;
  }

  #do(request: IncomingMessage, name: RequestName | undefined, url: URL, body: string): Answer {
    if (request.headers.authorization !== `Bearer ${this.#options.secretKey}`) return refused(401, "Invalid API Key provided.");
    if (!name) return refused(404, `Unrecognized request URL (${request.method}: ${url.pathname}).`);
    try {
      const form = parseForm(request.method === "GET" ? url.search.slice(1) : body);
      return {
        status: 200,
        body: answerRequest(name, checked(name, form), this.store, { now: this.#options.now(), url: this.#url, path: url.pathname }),
      };
    } catch (error) {
      if (error instanceof StripeRefusal) return refused(error.status, error.message);
      return refused(400, error instanceof Error ? error.message : "Invalid request.");
    }
  }
}

function checked(name: RequestName, form: FormObject): unknown {
  const parsed = REQUESTS[name].safeParse(form);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] ?? { path: [], message: "" };
  throw new StripeRefusal(400, `Invalid parameter ${path.join(".")}: ${message}`);
}

function requestName(method: string, path: string): RequestName | undefined {
  const shape = path
    .replace(/^(\/v1\/billing\/meters\/)mtr_\w+(\/)/, "$1:meter$2")
    .replace(/^(\/v2\/core\/events\/)evt_\w+$/, "$1:event")
    .replace(/^(\/v1\/charges\/)ch_\w+$/, "$1:charge");
  const name = `${method} ${shape}`;
  return name in REQUESTS ? (name as RequestName) : undefined;
}

function refused(status: number, message: string): Answer {
  const type = status === 401 ? "authentication_error" : status >= 500 ? "api_error" : "invalid_request_error";
  return { status, body: { error: { type, message } } };
}

function reply(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "request-id": "req_fake" }).end(JSON.stringify(body));
}
