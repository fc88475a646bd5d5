import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";
import { HANDOVER_STATES, type HandoverState } from "./store/handovers.ts";

let cloud: LocalCloud;
let database: D1Database;
let addresses = 0;
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.3.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

beforeAll(async () => {
  cloud = await startLocalCloud();
  database = (await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv()).DATABASE;
});
afterAll(() => cloud.close());

type Body = Record<string, string> & { error?: { code: string; message: string } };
const call = async (key: string, method: string, path: string, body?: unknown) => {
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
};
const person = async () => {
  const email = `${randomUUID()}@example.com`;
  return { email, key: await signIn(fetch, cloud.mail, email) };
};

/** A project with its owner, who has started to hand it over, and the one who is to have it. */
async function started(more: object = {}) {
  const [from, to] = await Promise.all([person(), person()]);
  const { body: project } = await call(from.key, "POST", "/v1/projects", { name: "Heliograph" });
  const start = (toEmail = to.email) => call(from.key, "POST", `/v1/projects/${project["id"]}/handover`, { toEmail, ...more });
  const { body: handover } = await start();
  expect(handover).toMatchObject({ state: "email_sent", toEmail: to.email });
  const [id = "", token = ""] = [handover["id"], handover["token"]];
  return {
    from,
    to,
    start,
    id,
    token,
    project: project["id"] ?? "",
    accept: (key = to.key, by = token) => call(key, "POST", "/v1/handovers/accept", { token: by }),
    complete: (key = to.key) => call(key, "POST", `/v1/handovers/${id}/complete`),
    cancel: (key = from.key) => call(key, "DELETE", `/v1/handovers/${id}`),
    status: (key = from.key) => call(key, "GET", `/v1/handovers/${id}`),
  };
}

test("a handover: a mail, the receiver's yes, and the project is theirs alone", async () => {
  const it = await started();
  const mail = cloud.mail.sent.findLast(({ to }) => to === it.to.email);
  expect(mail?.text).toContain(`synesis handover accept ${it.token}`);
  const guest = await person();
  const { body: invite } = await call(it.from.key, "POST", `/v1/projects/${it.project}/invites`, { role: "editor", quotaCents: 500 });
  await call(guest.key, "POST", "/v1/invites/accept", { token: invite["token"] });
  const { body: open } = await call(it.from.key, "POST", `/v1/projects/${it.project}/invites`, { role: "viewer", quotaCents: 500 });
  expect((await it.accept()).body["state"]).toBe("accepted");
  expect((await call(it.to.key, "GET", `/v1/projects/${it.project}`)).status).toBe(404); // nothing has moved yet
  expect((await it.complete()).body["state"]).toBe("completed");

  expect((await call(it.to.key, "GET", `/v1/projects/${it.project}`)).body).toMatchObject({ role: "owner", name: "Heliograph" });
  for (const [method, path] of [
    ["GET", ""],
    ["GET", "/audit"],
    ["DELETE", ""],
  ] as const)
    expect((await call(it.from.key, method, `/v1/projects/${it.project}${path}`)).status).toBe(404);
  expect((await call(it.from.key, "GET", "/v1/projects")).body["projects"]).toEqual([]);
  // The new owner has not yet agreed to pay for anybody.
  const { body } = await call(it.to.key, "GET", `/v1/projects/${it.project}/collaborators`);
  const people = body["collaborators"] as unknown as { email: string; role: string; quotaCents: number }[];
  expect(people.map(({ email, role, quotaCents }) => [email, role, quotaCents]).toSorted()).toEqual(
    [
      [guest.email, "editor", 0],
      [it.to.email, "owner", 0],
    ].toSorted(),
  );
  expect((await call((await person()).key, "POST", "/v1/invites/accept", { token: open["token"] })).body.error?.code).toBe("invite_ended");
  expect((await it.status(it.to.key)).body["state"]).toBe("completed");
});

describe("each step is taken in its own state alone", () => {
  const STEPS = {
    accept: ["email_sent"],
    complete: ["accepted"],
    cancel: ["pending", "email_sent", "accepted"],
  } as const satisfies Record<string, readonly HandoverState[]>;
  const LEADS = { accept: "accepted", complete: "completed", cancel: "cancelled" } as const;

  for (const state of HANDOVER_STATES)
    for (const step of ["accept", "complete", "cancel"] as const) {
      const allowed = (STEPS[step] as readonly HandoverState[]).includes(state);
      test(`${state}: ${step} is ${allowed ? "taken" : "refused"}`, async () => {
        const it = await started();
        const accepted = ["accepted", "completed"].includes(state);
        if (accepted) await it.accept();
        if (state === "completed") await it.complete();
        else await database.prepare("UPDATE handover SET state = ? WHERE id = ?").bind(state, it.id).run();
        const { status, body } = await it[step]();
        if (allowed) expect([status, body["state"]]).toEqual([200, LEADS[step]]);
        else expect([status, body.error]).toMatchObject([409, { code: "conflict", message: expect.stringContaining(state) }]);
        const owner = state === "completed" || (step === "complete" && allowed) ? it.to : it.from;
        expect((await call(owner.key, "GET", `/v1/projects/${it.project}`)).body["role"]).toBe("owner");
      });
    }

  for (const reached of ["pending", "email_sent", "accepted"] as const)
    test(`${reached} becomes expired by itself`, async () => {
      const it = await started();
      if (reached === "accepted") await it.accept();
      await database
        .prepare("UPDATE handover SET state = ?, expiresAt = ? WHERE id = ?")
        .bind(reached, Date.now() - 1, it.id)
        .run();
      expect((await it.status()).body["state"]).toBe("expired");
      for (const step of ["accept", "complete", "cancel"] as const) expect((await it[step]()).status).toBe(409);
      expect((await it.start()).body["state"]).toBe("email_sent"); // another may begin
    });
});

describe("a handover is refused", () => {
  test("to oneself, however the address is written", async () => {
    const it = await started();
    await it.cancel();
    for (const self of [it.from.email, it.from.email.toUpperCase()])
      expect((await it.start(self)).body.error).toMatchObject({ code: "invalid_request" });
  });

  test("twice", async () => {
    const it = await started();
    for (const to of [it.to.email, "other@example.com"]) expect((await it.start(to)).body.error?.code).toBe("conflict");
  });

  test("to anybody but whom it names, with the token or without", async () => {
    const it = await started();
    const stranger = await person();
    for (const key of [stranger.key, it.from.key]) expect((await it.accept(key)).status).toBe(404);
    expect((await it.accept(it.to.key, it.id)).status).toBe(404);
    expect((await it.accept(it.to.key, `${it.id}.${"a".repeat(43)}`)).status).toBe(404);
    await it.accept();
    for (const key of [stranger.key, it.from.key]) expect((await it.complete(key)).status).toBe(404);
    expect((await call(it.from.key, "GET", `/v1/projects/${it.project}`)).body["role"]).toBe("owner");
  });

  test("where the mail cannot be sent; the same start goes on later", async () => {
    const it = await started();
    await it.cancel();
    await database.prepare("UPDATE handover SET state = 'pending' WHERE id = ?").bind(it.id).run();
    const again = await it.start();
    expect(again.body).toMatchObject({ id: it.id, state: "email_sent" });
    expect((await it.accept(it.to.key)).status).toBe(404); // the token from before is none any more
    expect((await it.accept(it.to.key, again.body["token"])).status).toBe(200);
  });
});

test("of two who complete at once, and of completing and cancelling at once, one does", async () => {
  const it = await started();
  await it.accept();
  const statuses = (await Promise.all([it.complete(), it.complete(), it.cancel(), it.complete()])).map(({ status }) => status);
  expect(statuses.filter((status) => status === 200)).toHaveLength(1);
  const { results } = await database.prepare("SELECT role FROM member WHERE projectId = ?").bind(it.project).all();
  expect(results).toEqual([{ role: "owner" }]);
});

test("a guest who receives the project is its owner, and no guest any more", async () => {
  const it = await started();
  const { body: invite } = await call(it.from.key, "POST", `/v1/projects/${it.project}/invites`, { role: "viewer", quotaCents: 500 });
  await call(it.to.key, "POST", "/v1/invites/accept", { token: invite["token"] });
  await it.accept();
  expect((await it.complete()).status).toBe(200);
  const { results } = await database.prepare("SELECT role, quotaCents FROM member WHERE projectId = ?").bind(it.project).all();
  expect(results).toEqual([{ role: "owner", quotaCents: 0 }]);
});
