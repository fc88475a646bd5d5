/** A guest's questions, and those who watch: what the owner pays, and what ends when somebody is removed. */
import { randomUUID } from "node:crypto";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import { NANO_PER_CENT } from "./money/nano-dollars.ts";
import type { ProjectLive } from "./projects/project-live.object.ts";

let cloud: LocalCloud;
let addresses = 0;
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.2.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

beforeAll(async () => {
  const models = { "claude-opus": ["council"], "llama-3.3-70b": ["council"], "gpt-4-turbo": ["slow"] };
  cloud = await startLocalCloud({ models, vars: { APPROVAL_SECONDS: "2" } });
});
afterAll(() => cloud.close());

type Body = Record<string, never> & { error?: { code: string } };
const send = (key: string, method: string, path: string, body?: unknown, signal?: AbortSignal) =>
  fetch(path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
const call = async (...args: Parameters<typeof send>) => (await (await send(...args)).json()) as Body;
const ask = (key: string, projectId: string | undefined, more: object = {}) =>
  call(key, "POST", "/v1/escalations", {
    requestId: randomUUID(),
    question: "Who built the Heliograph?",
    passages: [{ heading: "", text: "The Heliograph was built by [PERSON_01] in 1921." }],
    model: "llama-3.3-70b",
    ...(projectId && { projectId }),
    ...more,
  });
const balance = (key: string) => call(key, "GET", "/v1/billing/balance") as Promise<Record<string, number>>;
const collaborators = async (owner: string, id: string) =>
  (await call(owner, "GET", `/v1/projects/${id}/collaborators`))["collaborators"] as unknown as {
    userId: string;
    email: string;
    usedCents: number;
    quotaCents: number;
  }[];

const user = () => signIn(fetch, cloud.mail, `${randomUUID()}@example.com`);
async function payer(): Promise<string> {
  const key = await user();
  const { checkout } = await call(key, "PUT", "/v1/billing/tier", { tier: "managed" });
  await cloud.stripe.pay((checkout as unknown as { id: string }).id);
  return key;
}

/** A project with a paying owner and one guest. */
async function project(quotaCents = 500, more: object = {}, role = "viewer") {
  const [owner, guest] = await Promise.all([payer(), user()]);
  const { id } = (await call(owner, "POST", "/v1/projects", { name: "Heliograph" })) as unknown as { id: string };
  if (Object.keys(more).length > 0) await call(owner, "PUT", `/v1/projects/${id}`, more);
  const join = async (key: string, as: string, quota: number) => {
    const { token } = await call(owner, "POST", `/v1/projects/${id}/invites`, { role: as, quotaCents: quota });
    await call(key, "POST", "/v1/invites/accept", { token });
  };
  await join(guest, role, quotaCents);
  const guestId = (await collaborators(owner, id)).find(({ quotaCents: quota }) => quota === quotaCents)?.userId ?? "";
  return { owner, guest, id, join, guestId };
}

describe("a guest's question", () => {
  test("is charged to the owner, counted against the guest, and costs the guest nothing", async () => {
    const { owner, guest, id, guestId } = await project();
    const answer = await ask(guest, id);
    expect(answer).toMatchObject({ outcome: "answered" });
    const charge = Number(answer["chargeNanoDollars"]);
    expect(charge).toBeGreaterThan(0);
    expect(await balance(owner)).toMatchObject({ unbilled: charge, held: 0 });
    expect(await balance(guest)).toMatchObject({ unbilled: 0, free: { used: 0 } });
    const used = (await collaborators(owner, id)).find(({ userId }) => userId === guestId)?.usedCents;
    expect(used).toBe(charge / NANO_PER_CENT);
  });

  test("ends at the quota, however many come at once, and the owner may raise it", async () => {
    // One such question may come to 2 dollars and more, so that few fit at a time.
    const { owner, guest, id, guestId, join } = await project(500);
    const others = await Promise.all(Array.from({ length: 3 }, user));
    for (const other of others) await join(other, "viewer", 0);
    const codes: string[] = [];
    let used = 0;
    for (let round = 0; round < 20 && !codes.includes("guest_quota_exceeded"); round++) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => ask(guest, id, { model: "claude-opus" })));
      codes.push(...answers.map(({ error }) => error?.code).filter((code) => code !== undefined));
      used = (await collaborators(owner, id)).find(({ userId }) => userId === guestId)?.usedCents ?? 0;
      expect(used).toBeLessThanOrEqual(500);
    }
    expect(new Set(codes)).toEqual(new Set(["guest_quota_exceeded"]));
    expect((await balance(owner))["unbilled"]).toBe(Math.round(used * NANO_PER_CENT));
    for (const other of others) expect((await ask(other, id)).error?.code).toBe("guest_quota_exceeded");
    await call(owner, "PUT", `/v1/projects/${id}/collaborators/${guestId}`, { quotaCents: 2000 });
    expect(await ask(guest, id, { model: "claude-opus" })).toMatchObject({ outcome: "answered" });
  });

  test("ends at the project's budget, and so does the owner's own", async () => {
    const { owner, guest, id } = await project(500, { budgetCents: 1 });
    for (const key of [guest, owner]) expect((await ask(key, id, { model: "claude-opus" })).error?.code).toBe("project_budget_exceeded");
    expect(await ask(owner, undefined)).toMatchObject({ outcome: "answered" });
  });

  test("is stopped at once when the guest is removed, and what it took until then is charged", async () => {
    const { owner, guest, id, guestId } = await project(1000);
    const stream = await send(guest, "POST", "/v1/escalations", {
      requestId: randomUUID(),
      question: "Who built the Heliograph?",
      passages: [{ heading: "", text: "The Heliograph was built by [PERSON_01] in 1921." }],
      model: "gpt-4-turbo",
      stream: true,
      projectId: id,
    });
    const reader = stream.body?.pipeThrough(new TextDecoderStream() as never).getReader();
    await reader?.read();
    expect((await balance(owner))["held"]).toBeGreaterThan(0);
    await call(owner, "DELETE", `/v1/projects/${id}/collaborators/${guestId}`);
    let rest = "";
    for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) rest += piece.value;
    expect(rest).toContain("not_found");
    await expect.poll(async () => (await balance(owner))["held"], { timeout: 10_000 }).toBe(0);
    expect((await ask(guest, id)).error?.code).toBe("not_found");
  });

  test("is asked with the project's instructions", async () => {
    const { owner, guest, id } = await project();
    await call(owner, "PUT", `/v1/projects/${id}/instructions`, { text: "Name the year." });
    expect(await ask(guest, id)).toMatchObject({ outcome: "answered" });
    expect((await cloud.provider.received("council")).at(-1)).toMatch(/ guidance>>>\\nName the year\.\\n<<</);
  });
});

/** Events as they come. */
async function watch(key: string, id: string) {
  const leave = new AbortController();
  const response = await send(key, "GET", `/v1/projects/${id}/live`, undefined, leave.signal);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const events: { event: string; data: Record<string, never> }[] = [];
  const ended = (async () => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
      const parts = (rest + decoder.decode(bytes, { stream: true })).split("\n\n");
      rest = parts.pop() ?? "";
      for (const part of parts) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? [];
        if (event && data) events.push({ event, data: JSON.parse(data) });
      }
    }
    return "ended";
  })().catch(() => "left");
  return { events, names: () => events.map(({ event }) => event), ended, leave: () => leave.abort() };
}

describe("watching", () => {
  test("shows a question, its agents, its drafts and its verdict, as the role may see them; and comments", async () => {
    const { owner, guest, id, join } = await project();
    const editor = await user();
    await join(editor, "editor", 7);
    const [viewing, editing, hosting] = await Promise.all([watch(guest, id), watch(editor, id), watch(owner, id)]);
    const answer = await ask(owner, id);
    await call(editor, "POST", `/v1/projects/${id}/comments`, { text: "Well said." });
    for (const { names } of [viewing, editing, hosting]) {
      await expect.poll(names).toContain("comment");
      expect(names().slice(0, 2)).toEqual(["watching", "asked"]);
      expect(names()).toContain("metadata");
    }
    expect(viewing.names()).not.toContain("draft");
    expect(editing.names()).toContain("draft");
    expect(viewing.events.find(({ event }) => event === "verdict")?.data).toMatchObject({
      outcome: "answered",
      content: answer["content"],
    });
    expect(JSON.stringify(viewing.events)).not.toContain("NanoDollars");
    for (const { leave } of [viewing, editing, hosting]) leave();
  });

  test("is over for who takes nothing, and goes on for the others", async () => {
    const { owner, guest, id } = await project();
    const idle = await new Promise<IncomingMessage>((resolve) =>
      get(`${cloud.url}/v1/projects/${id}/live`, { headers: { authorization: `Bearer ${guest}` } }, resolve),
    );
    const hosting = await watch(owner, id);
    const { PROJECT_LIVE } = await cloud.server.getWorker<{ PROJECT_LIVE: DurableObjectNamespace<ProjectLive> }>().getEnv();
    const live = PROJECT_LIVE.getByName(id);
    const TOLD = 600;
    const text = "x".repeat(50_000);
    for (let n = 1; n <= TOLD; n++) {
      await live.tell({ event: "comment", data: { id: n, userId: "u", at: 0, text } });
      if (n % 20 === 0) await expect.poll(() => hosting.names().filter((name) => name === "comment").length, { timeout: 20_000 }).toBe(n);
    }
    let bytes = 0;
    for await (const piece of idle) bytes += (piece as Buffer).length; // ends by itself
    expect(bytes).toBeLessThan(TOLD * text.length); // what the network between holds was on its way
    hosting.leave();
  });

  test("ends at once with the key that it was begun by, and not what another key began", async () => {
    const { owner, guest, id } = await project();
    const { key, id: keyId } = await call(guest, "POST", "/v1/keys", { name: "second", scopes: ["projects"] });
    const [revoked, stays] = await Promise.all([watch(String(key), id), watch(guest, id)]);
    await call(guest, "DELETE", `/v1/keys/${keyId}`);
    expect(await revoked.ended).toBe("ended");
    await call(owner, "POST", `/v1/projects/${id}/comments`, { text: "Still here." });
    await expect.poll(stays.names).toContain("comment");
    expect(revoked.names()).not.toContain("comment");
    stays.leave();
  });

  test("ends at once for who is removed, and for everybody when the project is deleted", async () => {
    const { owner, guest, id, guestId, join } = await project();
    const other = await user();
    await join(other, "viewer", 3);
    const [removed, stays] = await Promise.all([watch(guest, id), watch(other, id)]);
    await call(owner, "DELETE", `/v1/projects/${id}/collaborators/${guestId}`);
    expect(await removed.ended).toBe("ended");
    await call(owner, "POST", `/v1/projects/${id}/comments`, { text: "Still here." });
    await expect.poll(stays.names).toContain("comment");
    expect(removed.names()).not.toContain("comment");
    await call(owner, "DELETE", `/v1/projects/${id}`);
    expect(await stays.ended).toBe("ended");
  });
});

describe("approval", () => {
  const decide = async (key: string, id: string, watching: Awaited<ReturnType<typeof watch>>, approved: boolean) => {
    await expect.poll(watching.names).toContain("approval_needed");
    const of = watching.events.find(({ event }) => event === "approval_needed")?.data["ask"];
    return call(key, "POST", `/v1/projects/${id}/approvals/${of}`, { approved });
  };

  for (const approved of [true, false])
    test(`that is ${approved ? "given lets a question run" : "refused stops it before it costs anything"}`, async () => {
      const { owner, guest, id } = await project(500, { approval: true }, "commenter");
      const watching = await watch(guest, id);
      const asked = ask(owner, id);
      expect(await decide(guest, id, watching, approved)).toEqual({ done: true });
      expect(await asked).toMatchObject(approved ? { outcome: "answered" } : { error: { code: "approval_declined" } });
      if (!approved) expect(await balance(owner)).toMatchObject({ unbilled: 0, held: 0 });
      watching.leave();
    });

  test("that nobody gives in time is a refusal; who could give it needs none", async () => {
    const { owner, guest, id } = await project(500, { approval: true }, "commenter");
    expect((await ask(owner, id)).error?.code).toBe("approval_declined");
    expect(await ask(guest, id)).toMatchObject({ outcome: "answered" });
  });
});
