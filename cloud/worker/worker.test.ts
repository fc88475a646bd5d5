import { generateKeyPairSync, randomUUID, sign, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCa } from "../device-ca/certificate.ts";
import { createDeviceRequest } from "../device-ca/request.ts";
import { sendWebhook } from "../fakes/stripe/webhooks.ts";
import { askForCode, decide, type Fetch, poll, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import { use } from "../local/use.ts";
import { DEVICE_SCOPES, SCOPES } from "./auth/scopes.ts";
import { NANO_PER_CENT } from "./money/nano-dollars.ts";

const gateway = generateKeyPairSync("ed25519");
const stranger = generateKeyPairSync("ed25519");

let cloud: LocalCloud;
let addresses = 0;
/** Each request of the tests comes from an address of its own, so that their limits do not meet. */
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.0.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

let alice: string;
let bob: string;

beforeAll(async () => {
  cloud = await startLocalCloud({ vars: { GATEWAY_KEY: gateway.publicKey.export({ type: "spki", format: "der" }).toString("base64") } });
  alice = await signIn(fetch, cloud.mail, "alice@example.com");
  bob = await signIn(fetch, cloud.mail, "bob@example.com");
});
afterAll(() => cloud.close());

const call = async (key: string | undefined, method: string, path: string, body?: unknown) => {
  const response = await fetch(path, {
    method,
    headers: { ...(key && { authorization: `Bearer ${key}` }), ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, never> & { error?: { code: string } },
  };
};

const { cert: foreignCertificate } = await createCa("x");
const { request: certificateRequest } = await createDeviceRequest("laptop");

/** Every route that asks for a scope, with a request that it takes. */
const ROUTES = [
  ["DELETE", "/v1/account", "account", { email: "somebody@else.example" }],
  ["GET", "/v1/keys", "keys"],
  ["POST", "/v1/keys", "keys", { name: "k", scopes: ["keys"] }],
  ["DELETE", "/v1/keys/none", "keys"],
  ["GET", "/v1/billing/balance", "billing:read"],
  ["GET", "/v1/billing/usage?days=3", "billing:read"],
  ["GET", "/v1/billing/requests/none", "billing:read"],
  ["POST", "/v1/billing/topup", "billing:write", { cents: 100, idempotencyKey: "matrix-1" }],
  ["PUT", "/v1/billing/tier", "billing:write", { tier: "free" }],
  [
    "POST",
    "/v1/billing/events",
    "ask",
    { events: [{ id: "matrix-1", at: Date.now(), model: "claude-sonnet", tokens: { in: 0, out: 0 } }] },
  ],
  ["POST", "/v1/escalations", "ask", { requestId: "matrix-1", question: "Which?", passages: [] }],
  ["GET", "/v1/devices", "devices"],
  ["POST", "/v1/devices", "devices", { request: certificateRequest }],
  ["POST", "/v1/devices/none/renewal", "devices", { request: certificateRequest }],
  ["DELETE", "/v1/devices/none", "devices"],
  ["GET", "/v1/sessions/s", "sessions"],
  ["POST", "/v1/sessions/s", "sessions", { turns: [{ role: "user", content: "x" }] }],
  ["DELETE", "/v1/sessions/s", "sessions"],
  ["GET", "/v1/models", "ask"],
  ["GET", "/v1/loras", "adapters"],
  [
    "POST",
    "/v1/loras",
    "adapters",
    { name: "a", baseModel: "llama-3.3-70b", kind: "gguf", rank: 4, sizeBytes: 100, sha256: "0".repeat(64), force: true },
  ],
  ["GET", "/v1/loras/none", "adapters"],
  ["DELETE", "/v1/loras/none", "adapters"],
  ["GET", "/v1/loras/uploads/none", "adapters"],
  ["PUT", "/v1/loras/uploads/none/parts/1", "adapters", "bytes"],
  ["POST", "/v1/loras/uploads/none/complete", "adapters"],
  ["GET", "/v1/knowledge", "knowledge"],
  ["POST", "/v1/knowledge", "knowledge", { name: "a.md", chunks: [{ heading: "", text: "x" }] }],
  ["DELETE", "/v1/knowledge/none", "knowledge"],
  ["GET", "/v1/projects/none/knowledge", "projects"],
  ["POST", "/v1/projects/none/knowledge", "projects", { name: "a.md", chunks: [{ heading: "", text: "x" }] }],
  ["DELETE", "/v1/projects/none/knowledge/none", "projects"],
  ["GET", "/v1/projects", "projects"],
  ["POST", "/v1/projects", "projects", { name: "p" }],
  ["GET", "/v1/projects/none", "projects"],
  ["PUT", "/v1/projects/none", "projects", { name: "p" }],
  ["DELETE", "/v1/projects/none", "projects"],
  ["PUT", "/v1/projects/none/instructions", "projects", { text: "" }],
  ["PUT", "/v1/projects/none/contents/none/s", "projects"],
  ["DELETE", "/v1/projects/none/contents/none/s", "projects"],
  ["GET", "/v1/projects/none/comments", "projects"],
  ["POST", "/v1/projects/none/comments", "projects", { text: "x" }],
  ["GET", "/v1/projects/none/audit", "projects"],
  ["GET", "/v1/projects/none/live", "projects"],
  ["POST", "/v1/projects/none/approvals/none", "projects", { approved: true }],
  ["GET", "/v1/projects/none/invites", "projects"],
  ["POST", "/v1/projects/none/invites", "projects", { role: "viewer" }],
  ["DELETE", "/v1/invites/none", "projects"],
  ["POST", "/v1/invites/accept", "projects", { token: "none" }],
  ["GET", "/v1/projects/none/collaborators", "projects"],
  ["PUT", "/v1/projects/none/collaborators/none", "projects", {}],
  ["DELETE", "/v1/projects/none/collaborators/none", "projects"],
  ["POST", "/v1/projects/none/leave", "projects"],
  ["POST", "/v1/projects/none/handover", "projects", { toEmail: "a@example.com" }],
  ["GET", "/v1/handovers/none", "projects"],
  ["DELETE", "/v1/handovers/none", "projects"],
  ["POST", "/v1/handovers/accept", "projects", { token: "none" }],
  ["POST", "/v1/handovers/none/complete", "projects"],
] as const;

describe("the interface", () => {
  test("is described as OpenAPI, and the description names every route that is tested here", async () => {
    const document = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, Record<string, unknown>> };
    await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot("openapi.json");
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/g, "*")}`),
    );
    const tested = ROUTES.map(([method, path]) => `${method} ${path.replace(/\?.*/, "").replace(/\/(?:none|s|1)(?=\/|$)/g, "/*")}`);
    expect(described.toSorted()).toEqual([...tested, "POST /v1/device/code", "POST /v1/device/token"].toSorted());
  });

  for (const [method, path, scope, body] of ROUTES) {
    test(`${method} ${path} is refused to strangers and taken with the scope ${scope} alone`, async () => {
      for (const key of [undefined, "nonsense", `si_${"a".repeat(16)}_${"b".repeat(43)}`, `${alice}x`])
        expect((await call(key, method, path, body)).body.error?.code).toBe("unauthenticated");
      // A user of its own, so that the routes' tests do not share a limit.
      const maker = await signIn(fetch, cloud.mail, `${randomUUID()}@example.com`);
      for (const own of SCOPES) {
        const { body: made } = await call(maker, "POST", "/v1/keys", { name: "one scope", scopes: [own] });
        const answer = await call(made["key"], method, path, body);
        if (own === scope) expect([200, ...(own === "account" ? [400] : []), 404, 409]).toContain(answer.status);
        else expect([answer.status, answer.body.error?.code]).toEqual([403, "forbidden"]);
        expect((await call(maker, "DELETE", `/v1/keys/${made["id"]}`)).status).toBe(200);
      }
    });
  }

  test("keeps other sites out, and lets nobody store its answers", async () => {
    const { headers } = await call(alice, "GET", "/v1/billing/balance");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  for (const [what, init, code] of [
    ["no JSON", { body: "{", headers: { "content-type": "application/json" } }, "invalid_request"],
    ["more than it takes", { body: "x".repeat(1024 * 1024 + 1), headers: { "content-type": "application/json" } }, "too_large"],
    [
      "a field that nobody knows",
      { body: '{"cents":100,"idempotencyKey":"12345678","x":1}', headers: { "content-type": "application/json" } },
      "invalid_request",
    ],
    [
      "half a cent",
      { body: '{"cents":100.5,"idempotencyKey":"12345678"}', headers: { "content-type": "application/json" } },
      "invalid_request",
    ],
    [
      "a negative amount",
      { body: '{"cents":-100,"idempotencyKey":"12345678"}', headers: { "content-type": "application/json" } },
      "invalid_request",
    ],
  ] as const)
    test(`refuses ${what}, and does not quote it`, async () => {
      const response = await fetch("/v1/billing/topup", {
        method: "POST",
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${alice}` },
      });
      const { error } = (await response.json()) as { error: { code: string; message: string } };
      expect(error.code).toBe(code);
      expect(error.message).not.toContain("xxxx");
    });

  test("knows nothing else", async () => expect((await call(alice, "GET", "/v1/nothing")).body.error?.code).toBe("not_found"));
});

describe("signing in", () => {
  test("waits for the user, tells who asks too often, and gives a key once", async () => {
    const { device_code, user_code } = await askForCode(fetch, "ask sessions");
    expect(await poll(fetch, device_code)).toEqual({ error: "authorization_pending" });
    expect(await poll(fetch, device_code)).toEqual({ error: "slow_down" });
    expect(await decide(fetch, cloud.mail, user_code, "carol@example.com", "approve")).toBe(200);
    const { access_token } = await poll(fetch, device_code);
    expect(await poll(fetch, device_code)).toEqual({ error: "expired_token" });
    expect((await call(access_token, "GET", "/v1/sessions/x")).status).toBe(200);
    expect((await call(access_token, "GET", "/v1/keys")).status).toBe(403);
  });

  test("that the user refuses is refused", async () => {
    const { device_code, user_code } = await askForCode(fetch);
    expect(await decide(fetch, cloud.mail, user_code, "carol@example.com", "deny")).toBe(200);
    expect(await poll(fetch, device_code)).toEqual({ error: "access_denied" });
  });

  test("with a code that nobody was given ends nowhere, and sends no mail", async () => {
    expect(await poll(fetch, "A".repeat(43))).toEqual({ error: "expired_token" });
    const before = cloud.mail.sent.length;
    expect(await decide(fetch, cloud.mail, "BBBB-BBBB", "nobody@example.com", "approve")).toBe(404);
    expect(cloud.mail.sent.length).toBe(before);
  });

  test("sends three mails at most", async () => {
    const { user_code } = await askForCode(fetch);
    for (let i = 0; i < 5; i++)
      await fetch("/device", {
        method: "POST",
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: `user_code=${user_code}&email=dave%40example.com`,
      });
    expect(cloud.mail.sent.filter(({ to }) => to === "dave@example.com")).toHaveLength(3);
  });
});

describe("keys", () => {
  test("are shown once, hold no more than their maker's scopes, and end when they are revoked", async () => {
    const made = await call(alice, "POST", "/v1/keys", { name: "ci", scopes: ["keys"] });
    const key: string = made.body["key"] ?? "";
    expect(JSON.stringify((await call(alice, "GET", "/v1/keys")).body)).not.toContain(key.slice(-43));
    expect((await call(key, "POST", "/v1/keys", { name: "more", scopes: ["billing:write"] })).status).toBe(403);
    expect((await call(bob, "DELETE", `/v1/keys/${made.body["id"]}`)).status).toBe(404);
    expect((await call(alice, "DELETE", `/v1/keys/${made.body["id"]}`)).status).toBe(200);
    expect((await call(key, "GET", "/v1/keys")).status).toBe(401);
  });
});

describe("billing", () => {
  const events = (id: string, changes = {}) => ({
    events: [{ id, at: Date.now(), model: "claude-sonnet", tokens: { in: 10_000, out: 1000 }, ...changes }],
  });
  /** Another user for each test, on a tier that is charged. */
  const payer = async (name: string, tier = "managed") => {
    const key = await signIn(fetch, cloud.mail, `${name}@example.com`);
    const { body } = await call(key, "PUT", "/v1/billing/tier", { tier });
    const checkout = body["checkout"] as unknown as { id: string } | null;
    if (checkout) expect(await cloud.stripe.pay(checkout.id)).toBe(200);
    return key;
  };
  const balance = async (key: string) => (await call(key, "GET", "/v1/billing/balance")).body;

  test("begins on the free tier, and a paid tier begins with a subscription", async () => {
    expect((await balance(bob))["tier"]).toBe("free");
    const key = await payer("tiers");
    expect((await balance(key))["tier"]).toBe("managed");
    expect((await call(key, "PUT", "/v1/billing/tier", { tier: "byok" })).body).toEqual({ tier: "byok", checkout: null });
  });

  test("counts an event once, and shows it by day", async () => {
    const key = await payer("events", "byok");
    const counted = { counted: ["event-0001"], tooOld: [], unknown: [] };
    for (let i = 0; i < 3; i++) expect((await call(key, "POST", "/v1/billing/events", events("event-0001"))).body).toEqual(counted);
    expect((await balance(key))["unbilled"]).toBe(((3 + 1.5) * NANO_PER_CENT * 30) / 100);
    expect((await call(key, "GET", "/v1/billing/usage")).body["days"]).toMatchObject([{ requests: 1, tokensIn: 10_000, tokensOut: 1000 }]);
  });

  test("knows a model by its provider's name, counts none that it has no price of, and takes nothing of other tiers", async () => {
    const key = await payer("names", "byok");
    const told = (id: string, model: string) => events(id, { model }).events[0];
    const both = { events: [told("event-0001", "claude-sonnet-4-5-20250929"), told("event-0002", "nobody")] };
    const outcome = { counted: ["event-0001"], tooOld: [], unknown: ["event-0002"] };
    for (let i = 0; i < 2; i++) expect((await call(key, "POST", "/v1/billing/events", both)).body).toEqual(outcome);
    expect((await balance(key))["unbilled"]).toBe(((3 + 1.5) * NANO_PER_CENT * 30) / 100);
    await call(key, "PUT", "/v1/billing/tier", { tier: "managed" });
    expect((await call(key, "POST", "/v1/billing/events", events("event-0003"))).body.error?.code).toBe("wrong_tier");
    expect((await balance(key))["unbilled"]).toBe(((3 + 1.5) * NANO_PER_CENT * 30) / 100);
  });

  for (const [what, changes, code] of [
    ["negative tokens", { tokens: { in: -1, out: 0 } }, "invalid_request"],
    ["half a token", { tokens: { in: 0.5, out: 0 } }, "invalid_request"],
    ["tokens without end", { tokens: { in: 1e15, out: 0 } }, "invalid_request"],
  ] as const)
    test(`refuses events with ${what}`, async () => {
      expect((await call(alice, "POST", "/v1/billing/events", events("event-0002", changes))).body.error?.code).toBe(code);
    });

  test("adds credits when they are paid, once, also when the page or the webhook comes twice", async () => {
    const key = await payer("credits");
    const page = () => call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-01" });
    const [first, second] = [await page(), await page()];
    expect(first.body).toEqual(second.body);
    for (let i = 0; i < 2; i++) expect(await cloud.stripe.pay(first.body["id"] ?? "")).toBe(200);
    expect((await balance(key))["credits"]).toBe(1000 * NANO_PER_CENT);
  });

  /** A user who has paid for credits, and the ways to be told of what became of it. */
  const creditor = async (name: string) => {
    const key = await payer(name);
    const { body } = await call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: `top-up-${name}` });
    await cloud.stripe.pay(body["id"] ?? "");
    const charge = `ch_${body["id"]}`;
    const tell = async (type: string, object: object) => {
      const target = { url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret };
      return (await sendWebhook(target, type, { charge, ...object }, `evt_${randomUUID()}`)).status;
    };
    return { key, tell, cents: async () => (await balance(key))["cents"] as unknown as { credits: number; unbilled: number } };
  };

  const refund = (id: string, amount: number, status: string) => ({ id: `re_${id}`, amount, status });

  for (const [what, events, credits] of [
    [
      "as they are made, each once",
      [
        ["created", refund("1", 300, "pending")],
        ["updated", refund("1", 300, "succeeded")],
        ["created", refund("2", 400, "succeeded")],
      ],
      300,
    ],
    [
      "and come back when they fail",
      [
        ["created", refund("1", 300, "pending")],
        ["failed", refund("1", 300, "failed")],
        ["updated", refund("1", 300, "failed")],
      ],
      1000,
    ],
    [
      "and come back when that is told before",
      [
        ["failed", refund("1", 300, "failed")],
        ["created", refund("1", 300, "pending")],
      ],
      1000,
    ],
    [
      "and come back when they are cancelled",
      [
        ["created", refund("1", 300, "pending")],
        ["updated", refund("1", 300, "canceled")],
      ],
      1000,
    ],
  ] as const)
    test(`credits go with refunds ${what}`, async () => {
      const { tell, cents } = await creditor(`refunds-${what.replaceAll(/\W/g, "-")}`);
      for (const [type, object] of [...events, ...events]) expect(await tell(`refund.${type}`, object)).toBe(200);
      expect(await cents()).toMatchObject({ credits, unbilled: 0 });
    });

  test("credits go with a dispute, are owed when they are used up, and come back when it is won", async () => {
    const { key, tell, cents } = await creditor("disputes");
    await use(cloud, "disputes@example.com", "claude-sonnet", { in: 1_000_000, out: 0 });
    expect(await cents()).toMatchObject({ credits: 691 });
    const dispute = { id: "dp_1", amount: 1000 };
    for (let i = 0; i < 2; i++) expect(await tell("charge.dispute.funds_withdrawn", dispute)).toBe(200);
    expect(await balance(key)).toMatchObject({ credits: 0, owed: 309 * NANO_PER_CENT });
    for (let i = 0; i < 2; i++) expect(await tell("charge.dispute.funds_reinstated", dispute)).toBe(200);
    const { credits, owed } = await balance(key);
    expect(Number(credits) - Number(owed)).toBe(691 * NANO_PER_CENT);
  });

  test("a message whose charge Stripe does not give now is asked for again later, and then counted once", async () => {
    const { tell, cents } = await creditor("unlucky-refund");
    cloud.stripe.fate = (request) => (request === "GET /v1/charges/:charge" ? "broken" : "answered");
    expect(await tell("refund.created", refund("9", 300, "succeeded"))).toBe(502);
    cloud.stripe.fate = () => "answered";
    expect(await cents()).toMatchObject({ credits: 1000 });
    expect(await tell("refund.created", refund("9", 300, "succeeded"))).toBe(200);
    expect(await cents()).toMatchObject({ credits: 700 });
  });

  test("believes no webhook that Stripe has not signed just now", async () => {
    const session = {
      id: "cs_forged",
      mode: "payment",
      payment_status: "paid",
      currency: "usd",
      amount_total: 1_000_000,
      metadata: { user_id: "x" },
    };
    const send = (secret: string, timestamp?: number) =>
      sendWebhook({ url: `${cloud.url}/v1/webhooks/stripe`, secret }, "checkout.session.completed", session, "evt_forged", timestamp);
    expect((await send("whsec_guessed")).status).toBe(401);
    expect((await send(cloud.webhookSecret, Math.floor(Date.now() / 1000) - 400)).status).toBe(401);
    const unsigned = await fetch("/v1/webhooks/stripe", { method: "POST", body: "{}" });
    expect(unsigned.status).toBe(401);
  });

  test("says so when Stripe does not answer, and charges nothing", async () => {
    const key = await signIn(fetch, cloud.mail, "unlucky@example.com");
    cloud.stripe.fate = () => "lost_request";
    expect((await call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-03" })).body.error?.code).toBe(
      "payment_unavailable",
    );
    cloud.stripe.fate = () => "answered";
    expect((await call(key, "POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: "top-up-03" })).status).toBe(200);
  });

  test("tells Stripe of what was used, in cents, and takes back what Stripe could not count", async () => {
    const key = await payer("flush");
    await use(cloud, "flush@example.com", "claude-sonnet", { in: 2_000_000, out: 0 });
    await expect.poll(() => cloud.stripe.store.counted.map(({ cents }) => cents), { timeout: 20_000 }).toContain(618);
    expect(await balance(key)).toMatchObject({ billed: 618 * NANO_PER_CENT, unbilled: 0 });
    const identifier = cloud.stripe.store.counted.find(({ cents }) => cents === 618)?.identifier ?? "";
    for (let i = 0; i < 2; i++) expect(await cloud.stripe.reportMeterError(identifier)).toBe(200);
    expect(await balance(key)).toMatchObject({ billed: 0, unbilled: 618 * NANO_PER_CENT });
  });
});

describe("sessions", () => {
  const say = (content: string) => ({ turns: [{ role: "user", content }] });

  test("keep redacted turns until they are cleared", async () => {
    expect((await call(alice, "POST", "/v1/sessions/talk", say("mail [EMAIL_01]"))).body).toEqual({ turns: 1 });
    expect((await call(alice, "GET", "/v1/sessions/talk")).body).toEqual(say("mail [EMAIL_01]"));
    await call(alice, "DELETE", "/v1/sessions/talk");
    expect((await call(alice, "GET", "/v1/sessions/talk")).body).toEqual({ turns: [] });
  });

  test("refuse text with a secret in it, and keep nothing of it", async () => {
    const refused = await call(alice, "POST", "/v1/sessions/leak", say(`the key is ghp_${"aB3dE6gH9k".repeat(4).slice(0, 36)}`));
    expect(refused.body.error?.code).toBe("not_redacted");
    expect(JSON.stringify(refused.body)).not.toContain("ghp_");
    expect((await call(alice, "GET", "/v1/sessions/leak")).body).toEqual({ turns: [] });
  });
});

describe("devices", () => {
  const identityOf = (certificate: string) => new X509Certificate(certificate).subjectAltName ?? "";

  test("get a certificate for their own key, and another one in time", async () => {
    const { body } = await call(alice, "POST", "/v1/devices", { request: certificateRequest, name: "laptop" });
    const { deviceId = "", certificate = "", ca = "", userId } = body;
    expect(new X509Certificate(certificate).verify(new X509Certificate(ca).publicKey)).toBe(true);
    expect(identityOf(certificate)).toBe(`URI:superinstance://user/${userId}/device/${deviceId}`);
    expect(body["expiresAt"]).toBe(new X509Certificate(certificate).validToDate.getTime());
    expect(body["gateway"]).toMatch(/^localhost:\d+$/);
    const { request } = await createDeviceRequest("another key");
    const renewed = await call(alice, "POST", `/v1/devices/${deviceId}/renewal`, { request });
    expect(identityOf(renewed.body["certificate"] ?? "")).toBe(identityOf(certificate));
    expect(renewed.body["certificate"]).not.toBe(certificate);
  });

  for (const [what, request] of [
    ["nothing", ""],
    ["no request", "x".repeat(100)],
    ["a certificate", foreignCertificate],
    ["a request that was changed", certificateRequest.replace(/\n.{8}/, (text) => text.split("").toReversed().join(""))],
  ] as const)
    test(`get none for ${what}`, async () => {
      expect((await call(alice, "POST", "/v1/devices", { request })).body.error?.code).toBe("invalid_request");
    });

  test("are their user's alone", async () => {
    const { body } = await call(alice, "POST", "/v1/devices", { request: certificateRequest });
    const id: string = body["deviceId"] ?? "";
    expect((await call(bob, "POST", `/v1/devices/${id}/renewal`, { request: certificateRequest })).status).toBe(404);
    expect((await call(bob, "DELETE", `/v1/devices/${id}`)).status).toBe(404);
    expect(JSON.stringify((await call(bob, "GET", "/v1/devices")).body)).not.toContain(id);
    expect((await call(alice, "DELETE", `/v1/devices/${id}`)).status).toBe(200);
    expect((await call(alice, "POST", `/v1/devices/${id}/renewal`, { request: certificateRequest })).status).toBe(404);
  });

  test("are so many for one user, and a revoked one makes room", async () => {
    const key = await signIn(fetch, cloud.mail, "hoarder@example.com");
    const add = async () => (await call(key, "POST", "/v1/devices", { request: certificateRequest })).body;
    const first = await add();
    for (let i = 1; i < 20; i++) expect((await add())["deviceId"]).toBeDefined();
    expect((await add()).error?.code).toBe("conflict");
    await call(key, "DELETE", `/v1/devices/${first["deviceId"]}`);
    expect((await add())["deviceId"]).toBeDefined();
  });
});

describe("a gateway's statement", () => {
  let device: { userId: string; deviceId: string };
  beforeAll(async () => {
    device = (await call(alice, "POST", "/v1/devices", { request: certificateRequest })).body as never;
  });

  const statement = (changes: Record<string, unknown> = {}, key = gateway.privateKey, aheadMs = 0) => {
    const said = {
      userId: device.userId,
      deviceId: device.deviceId,
      gatewayId: "gw",
      method: "GET",
      path: "/v1/billing/balance",
      idempotencyKey: "",
      issuedUnixMs: Date.now() + aheadMs,
      nonce: randomUUID(),
      ...changes,
    };
    const body = Buffer.from(JSON.stringify(said));
    return `v1.${body.toString("base64url")}.${sign(null, body, key).toString("base64url")}`;
  };
  const ask = async (header: string, path = "/v1/billing/balance") =>
    (await fetch(path, { headers: { "x-superinstance-identity": header } })).status;
  test("speaks for its user, once", async () => {
    const header = statement();
    expect(await ask(header)).toBe(200);
    expect(await ask(header)).toBe(401);
  });

  for (const [what, changes, key, aheadMs] of [
    ["signed by another key", {}, stranger.privateKey],
    ["for another path", { path: "/v1/keys" }, gateway.privateKey],
    ["for another method", { method: "POST" }, gateway.privateKey],
    ["for another idempotency key", { idempotencyKey: "k" }, gateway.privateKey],
    ["of two minutes ago", {}, gateway.privateKey, -120_000],
    ["of two minutes ahead", {}, gateway.privateKey, 120_000],
    ["for a user who is not there", { userId: "nobody" }, gateway.privateKey],
    ["for a device that is not there", { deviceId: "nothing" }, gateway.privateKey],
    ["for nobody", { userId: "", deviceId: "" }, gateway.privateKey],
    ["without a nonce", { nonce: "" }, gateway.privateKey],
  ] as const)
    test(`${what} is refused`, async () => expect(await ask(statement(changes, key, aheadMs))).toBe(401));

  test("lets a device do what devices may, and no more", async () => {
    const allowed = async (path: string) => (await ask(statement({ path }), path)) === 200;
    expect(DEVICE_SCOPES).not.toContain("keys");
    expect([await allowed("/v1/sessions/s"), await allowed("/v1/keys")]).toEqual([true, false]);
  });

  test("for a revoked device is refused at once, and gateways that ask are told of it", async () => {
    const { body } = await call(alice, "POST", "/v1/devices", { request: certificateRequest });
    const { deviceId = "" } = body;
    expect(await ask(statement({ deviceId }))).toBe(200);
    await call(alice, "DELETE", `/v1/devices/${deviceId}`);
    expect(await ask(statement({ deviceId }))).toBe(401);
    const path = "/v1/gateway/revocations";
    const asGateway = statement({ userId: "", deviceId: "", path });
    const list = await fetch(path, { headers: { "x-superinstance-identity": asGateway } });
    expect(await list.json()).toEqual({ revoked: expect.arrayContaining([deviceId]) });
    for (const header of [asGateway, statement({ path }), statement({ userId: "", deviceId: "", path }, stranger.privateKey)])
      expect(await ask(header, path)).toBe(401);
    expect((await fetch(path, { headers: { authorization: `Bearer ${alice}` } })).status).toBe(401);
  });
});

test.each<[string, string, object | null]>([
  ["nothing", "invoice.paid", null],
  ["no amount", "invoice.paid", { id: "in_1", customer: "cus_1" }],
  ["an amount below nothing", "invoice.paid", { id: "in_1", customer: "cus_1", amount_paid: -1 }],
  ["less than nothing unpaid", "invoice.payment_failed", { id: "in_1", customer: "cus_1", amount_remaining: -1 }],
  [
    "a page to pay on that is none",
    "invoice.payment_failed",
    { id: "in_1", customer: "cus_1", amount_remaining: 1, hosted_invoice_url: "javascript:pay()" },
  ],
  ["half a cent", "refund.created", { id: "re_1", charge: "ch_1", amount: 0.5 }],
  ["more than can be counted", "charge.dispute.funds_withdrawn", { id: "dp_1", charge: "ch_1", amount: 2 ** 53 }],
  ["a customer that is none", "customer.subscription.deleted", { customer: 7 }],
  ["a page without a form", "checkout.session.completed", { metadata: [] }],
])("what Stripe signs with %s in it is refused by its fields, and moves nothing", async (_what, type, object) => {
  const target = { url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret };
  const refused = await sendWebhook(target, type, object as object, "evt_malformed");
  const { error } = (await refused.json()) as { error: { code: string } };
  expect([refused.status, error.code]).toEqual([400, "invalid_request"]);
});

test("a type of webhook that nobody reads is taken, whatever is in it", async () => {
  const target = { url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret };
  expect((await sendWebhook(target, "customer.created", null as never, "evt_other")).status).toBe(200);
});

describe("closing an account", () => {
  const close = (key: string, email: string) => call(key, "DELETE", "/v1/account", { email });

  test("takes its address, ends its keys, devices and parts in projects, and a new account may have the address", async () => {
    const key = await signIn(fetch, cloud.mail, "closing@example.com");
    const owner = await signIn(fetch, cloud.mail, "stays@example.com");
    const { body: device } = await call(key, "POST", "/v1/devices", { request: certificateRequest });
    const { body: project } = await call(owner, "POST", "/v1/projects", { name: "p" });
    const { body: invite } = await call(owner, "POST", `/v1/projects/${project["id"]}/invites`, { role: "viewer" });
    expect((await call(key, "POST", "/v1/invites/accept", { token: invite["token"] })).status).toBe(200);
    expect((await close(key, "stays@example.com")).body.error?.code).toBe("invalid_request");
    expect((await close(key, "Closing@Example.com")).body).toMatchObject({ closed: true, unbilledNanoDollars: 0, creditsNanoDollars: 0 });
    expect((await call(key, "GET", "/v1/keys")).status).toBe(401);
    const { DATABASE } = await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv();
    const left = async (sql: string) => DATABASE.prepare(sql).first<number>("n");
    expect(await left("SELECT count(*) AS n FROM user WHERE email = 'closing@example.com'")).toBe(0);
    expect(await left(`SELECT count(*) AS n FROM device WHERE id = '${device["deviceId"]}' AND revokedAt IS NULL`)).toBe(0);
    expect(await left("SELECT count(*) AS n FROM audit WHERE action = 'account.closed'")).toBe(1);
    expect((await call(owner, "GET", `/v1/projects/${project["id"]}/collaborators`)).body["collaborators"]).toHaveLength(1);
    const again = await signIn(fetch, cloud.mail, "closing@example.com");
    expect((await call(again, "GET", "/v1/devices")).body).toEqual({ devices: [] });
  });

  test("is refused while it owns a project", async () => {
    const key = await signIn(fetch, cloud.mail, "owner-closing@example.com");
    const { body: project } = await call(key, "POST", "/v1/projects", { name: "p" });
    expect((await close(key, "owner-closing@example.com")).body.error?.code).toBe("conflict");
    expect((await call(key, "DELETE", `/v1/projects/${project["id"]}`)).status).toBe(200);
    expect((await close(key, "owner-closing@example.com")).status).toBe(200);
  });
});

test("a database that fails is told of, moves no money, and what Stripe said meanwhile is counted when it says it again", async () => {
  const key = await signIn(fetch, cloud.mail, "outage@example.com");
  const { body: page } = await call(key, "POST", "/v1/billing/topup", { cents: 500, idempotencyKey: "top-up-outage" });
  const { DATABASE } = await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv();
  const customer = cloud.stripe.store.sessions.get(page["id"] ?? "")?.customer;
  const paid = { id: "in_outage", customer, amount_paid: 300 };
  const target = { url: `${cloud.url}/v1/webhooks/stripe`, secret: cloud.webhookSecret };
  const tell = async () => (await sendWebhook(target, "invoice.paid", paid, "evt_outage")).status;
  for (const table of ["user", "api_key"]) await DATABASE.exec(`ALTER TABLE ${table} RENAME TO ${table}_away`);
  try {
    const refused = await call(key, "GET", "/v1/billing/balance");
    expect([refused.status, refused.body.error?.code]).toEqual([503, "unavailable"]);
    expect(JSON.stringify(refused.body)).not.toMatch(/D1|SQL|table/);
    expect(await tell()).toBe(503);
  } finally {
    for (const table of ["user", "api_key"]) await DATABASE.exec(`ALTER TABLE ${table}_away RENAME TO ${table}`);
  }
  for (let i = 0; i < 2; i++) expect(await tell()).toBe(200);
  expect((await call(key, "GET", "/v1/billing/balance")).body).toMatchObject({ owed: -300 * NANO_PER_CENT, credits: 0 });
});

test("no key of one user reads or changes anything of another's", async () => {
  const [erin, frank] = [await signIn(fetch, cloud.mail, "erin@example.com"), await signIn(fetch, cloud.mail, "frank@example.com")];
  const session = fc.stringMatching(/^[\w.-]{1,20}$/);
  const id = fc.stringMatching(/^[\w.-]{8,20}$/);
  const step = fc.oneof(
    session.map((name) => ["POST", `/v1/sessions/${name}`, { turns: [{ role: "user", content: "frank's" }] }] as const),
    session.map((name) => ["DELETE", `/v1/sessions/${name}`] as const),
    id.map(
      (name) =>
        [
          "POST",
          "/v1/billing/events",
          { events: [{ id: name, at: Date.now(), model: "claude-opus", tokens: { in: 9, out: 9 } }] },
        ] as const,
    ),
    id.map((name) => ["DELETE", `/v1/keys/${name}`] as const),
  );
  const own = session.map((name) => `/v1/sessions/${name}`);
  await fc.assert(
    fc.asyncProperty(own, fc.array(step, { minLength: 1, maxLength: 6 }), async (path, steps) => {
      await call(erin, "DELETE", path);
      await call(erin, "POST", path, { turns: [{ role: "user", content: "erin's" }] });
      const seen = async () => [
        (await call(erin, "GET", path)).body,
        (await call(erin, "GET", "/v1/billing/usage")).body,
        (await call(erin, "GET", "/v1/keys")).body,
      ];
      const before = await seen();
      for (const [method, at, body] of [
        ...steps,
        ["DELETE", path] as const,
        ["POST", path, { turns: [{ role: "user", content: "frank's" }] }] as const,
      ])
        await call(frank, method, at, body);
      expect(await seen()).toEqual(before);
      expect(JSON.stringify((await call(frank, "GET", path)).body)).not.toContain("erin");
      await call(frank, "DELETE", path);
    }),
    { numRuns: 12 },
  );
});
