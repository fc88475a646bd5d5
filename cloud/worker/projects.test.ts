import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fetch, signIn } from "../local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../local/start.ts";

let cloud: LocalCloud;
let addresses = 0;
/** Each request of the tests comes from an address of its own, so that their limits do not meet. */
const fetch: Fetch = (path, init) =>
  cloud.server.fetch(path, {
    ...init,
    headers: { ...init?.headers, "cf-connecting-ip": `10.1.${addresses >> 8}.${addresses++ & 255}` },
  } as never) as never;

beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

type Body = Record<string, never> & { error?: { code: string; message: string } };
const call = async (key: string, method: string, path: string, body?: unknown) => {
  const response = await fetch(path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body !== undefined && { "content-type": "application/json" }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (response.headers.get("content-type") === "text/event-stream") {
    await response.body?.cancel();
    return { status: response.status, body: {} as Body };
  }
  return { status: response.status, body: (await response.json()) as Body };
};
const must = async (...args: Parameters<typeof call>) => {
  const answer = await call(...args);
  expect(answer).toMatchObject({ status: 200 });
  return answer.body;
};

const user = (name: string) => signIn(fetch, cloud.mail, `${name}@example.com`);
const newProject = async (owner: string, more: object = {}) =>
  (await must(owner, "POST", "/v1/projects", { name: "Heliograph", ...more }))["id"] as unknown as string;
const invite = async (owner: string, id: string, more: object = {}) =>
  (await must(owner, "POST", `/v1/projects/${id}/invites`, { role: "viewer", quotaCents: 500, ...more })) as unknown as {
    id: string;
    token: string;
    url: string;
  };
const accept = (guest: string, token: string) => call(guest, "POST", "/v1/invites/accept", { token });
const idOf = async (owner: string, id: string, name: string) => {
  const { collaborators } = await must(owner, "GET", `/v1/projects/${id}/collaborators`);
  return (collaborators as unknown as { userId: string; email: string }[]).find(({ email }) => email === `${name}@example.com`)?.userId;
};

describe("what a role may do", () => {
  const WHO = ["stranger", "viewer", "commenter", "editor", "owner"] as const;
  type Who = (typeof WHO)[number];
  const all: readonly Who[] = ["viewer", "commenter", "editor", "owner"];
  const owner: readonly Who[] = ["owner"];

  /** Every route of a project: who may, and what is sent. */
  const ROUTES: readonly (readonly [method: string, path: string, allowed: readonly Who[], body?: unknown])[] = [
    ["GET", "/v1/projects/{id}", all],
    ["PUT", "/v1/projects/{id}", owner, { name: "Other" }],
    ["PUT", "/v1/projects/{id}/instructions", ["editor", "owner"], { text: "Be brief." }],
    ["PUT", "/v1/projects/{id}/contents/session/s", owner, {}],
    ["DELETE", "/v1/projects/{id}/contents/session/s", owner],
    ["GET", "/v1/projects/{id}/knowledge", all],
    ["POST", "/v1/projects/{id}/knowledge", ["editor", "owner"], { name: "b.md", chunks: [{ heading: "", text: "B." }] }],
    ["DELETE", "/v1/projects/{id}/knowledge/{document}", ["editor", "owner"]],
    ["GET", "/v1/projects/{id}/comments", all],
    ["POST", "/v1/projects/{id}/comments", ["commenter", "editor", "owner"], { text: "Good." }],
    ["GET", "/v1/projects/{id}/audit", owner],
    ["GET", "/v1/projects/{id}/live", all],
    ["POST", "/v1/projects/{id}/approvals/none-such", ["commenter", "editor"], { approved: true }],
    ["GET", "/v1/projects/{id}/invites", owner],
    ["POST", "/v1/projects/{id}/invites", owner, { role: "viewer" }],
    ["DELETE", "/v1/invites/{invite}", owner],
    ["GET", "/v1/projects/{id}/collaborators", owner],
    ["PUT", "/v1/projects/{id}/collaborators/{bystander}", owner, { quotaCents: 1 }],
    ["DELETE", "/v1/projects/{id}/collaborators/{bystander}", owner],
    ["POST", "/v1/projects/{id}/handover", owner, { toEmail: "new@example.com" }],
    ["POST", "/v1/escalations", all, { requestId: "{random}", question: "Which?", passages: [], projectId: "{id}" }],
    ["POST", "/v1/projects/{id}/leave", ["viewer", "commenter", "editor"]],
    ["DELETE", "/v1/projects/{id}", owner],
  ];

  const GUESTS = ["viewer", "commenter", "editor", "bystander"] as const;
  const keys = {} as Record<Who | "bystander", string>;
  beforeAll(async () => {
    for (const who of ["stranger", ...GUESTS] as const) keys[who] = await user(who);
  });

  test("is tested for every route that the interface describes", async () => {
    const { paths } = (await (await fetch("/openapi.json")).json()) as { paths: Record<string, object> };
    const described = Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`));
    const ofProjects = described.filter((route) => /\{id\}|\{invite\}/.test(route) && /\/v1\/(?:projects|invites)/.test(route));
    const form = (path: string) =>
      path.replace("session/s", "{kind}/{ref}").replace("none-such", "{ask}").replace("{bystander}", "{userId}");
    const tested = ROUTES.filter(([, path]) => path !== "/v1/escalations").map(([method, path]) => `${method.toLowerCase()} ${form(path)}`);
    expect(tested.toSorted()).toEqual(ofProjects.toSorted());
  });

  for (const who of WHO)
    for (const [method, path, allowed, body] of ROUTES)
      test(`${who}: ${method} ${path}: ${allowed.includes(who) ? "may" : "may not"}`, async () => {
        keys.owner = await user(`owner-${randomUUID()}`);
        const id = await newProject(keys.owner);
        for (const guest of GUESTS)
          await accept(keys[guest], (await invite(keys.owner, id, { role: guest === "bystander" ? "viewer" : guest })).token);
        await must(keys.owner, "PUT", `/v1/projects/${id}/contents/session/s`, {});
        const shared = { name: "a.md", chunks: [{ heading: "", text: "A." }] };
        const document = String((await must(keys.owner, "POST", `/v1/projects/${id}/knowledge`, shared))["id"]);
        const open = await invite(keys.owner, id);
        const bystander = await idOf(keys.owner, id, "bystander");
        const fill = (text: string) =>
          text
            .replace("{id}", id)
            .replace("{document}", document)
            .replace("{invite}", open.id)
            .replace("{bystander}", `${bystander}`)
            .replace("{random}", randomUUID());
        const before = await must(keys.owner, "GET", `/v1/projects/${id}/audit`);
        const answer = await call(keys[who], method, fill(path), body && JSON.parse(fill(JSON.stringify(body))));
        const expected = allowed.includes(who) ? (path.includes("none-such") ? 404 : 200) : who === "stranger" ? 404 : 403;
        expect([answer.status, answer.body.error?.code]).toEqual([
          expected,
          expected === 200 ? undefined : expected === 404 ? "not_found" : "forbidden",
        ]);
        if (!allowed.includes(who)) expect(await must(keys.owner, "GET", `/v1/projects/${id}/audit`)).toEqual(before);
      });
});

describe("an invite", () => {
  test("for one lets one in, of many who come at once", async () => {
    const owner = await user("host-one");
    const id = await newProject(owner);
    const { token } = await invite(owner, id);
    const guests = await Promise.all(Array.from({ length: 8 }, (_, n) => user(`rush-${n}`)));
    const outcomes = await Promise.all(guests.map(async (guest) => (await accept(guest, token)).status));
    expect(outcomes.toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 410)]);
    expect((await must(owner, "GET", `/v1/projects/${id}/collaborators`))["collaborators"]).toHaveLength(2);
  });

  test("for many lets everybody in, each once, and no more when it is revoked; who is in stays", async () => {
    const [owner, ...guests] = await Promise.all(["host-many", "g1", "g2", "g3"].map(user));
    const id = await newProject(owner as string);
    const { token, id: open } = await invite(owner as string, id, { single: false });
    expect((await accept(guests[0] as string, token)).status).toBe(200);
    expect((await accept(guests[0] as string, token)).body.error?.code).toBe("conflict");
    expect((await accept(guests[1] as string, token)).status).toBe(200);
    await must(owner as string, "DELETE", `/v1/invites/${open}`);
    expect((await accept(guests[2] as string, token)).body.error).toMatchObject({
      code: "invite_ended",
      message: expect.stringContaining("revoked"),
    });
    expect((await call(guests[0] as string, "GET", `/v1/projects/${id}`)).status).toBe(200);
    expect((await must(owner as string, "GET", `/v1/projects/${id}/invites`))["invites"]).toMatchObject([{ uses: 2, state: "revoked" }]);
  });

  test("that has expired, is made up, or is the owner's own is refused", async () => {
    const [owner, guest] = await Promise.all([user("host-bad"), user("guest-bad")]);
    const id = await newProject(owner);
    const { token, id: open } = await invite(owner, id);
    expect((await accept(owner, token)).body.error?.code).toBe("conflict");
    for (const bad of [`${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}`, "nonsense", `${open}.`, "", token.replace(".", "")])
      expect((await accept(guest, bad)).body.error?.code).toBe("not_found");
    const database = (await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv()).DATABASE;
    await database
      .prepare("UPDATE invite SET expiresAt = ? WHERE id = ?")
      .bind(Date.now() - 1, open)
      .run();
    expect((await accept(guest, token)).body.error).toMatchObject({ code: "invite_ended", message: expect.stringContaining("expired") });
  });

  test("is kept as a hash, and shown once", async () => {
    const owner = await user("host-hash");
    const id = await newProject(owner);
    const { token, url } = await invite(owner, id);
    const secret = token.slice(-43);
    expect(url).toContain(`/join/${token}`);
    expect(await (await fetch(new URL(url).pathname)).text()).toContain(`synesis invite accept ${url}`);
    expect(JSON.stringify(await must(owner, "GET", `/v1/projects/${id}/invites`))).not.toContain(secret);
    const database = (await cloud.server.getWorker<{ DATABASE: D1Database }>().getEnv()).DATABASE;
    const { results } = await database.prepare("SELECT * FROM invite").all();
    expect(JSON.stringify(results)).not.toContain(secret);
  });

  test("does not let in again who was removed, or has left; another one does", async () => {
    const [owner, guest] = await Promise.all([user("host-again"), user("guest-again")]);
    const id = await newProject(owner);
    const { token } = await invite(owner, id, { single: false });
    await accept(guest, token);
    await must(owner, "DELETE", `/v1/projects/${id}/collaborators/${await idOf(owner, id, "guest-again")}`);
    expect((await call(guest, "GET", `/v1/projects/${id}`)).status).toBe(404);
    expect((await accept(guest, token)).body.error).toMatchObject({ code: "invite_ended" });
    expect((await accept(guest, (await invite(owner, id)).token)).status).toBe(200);
  });
});

test("nobody learns of, or reaches, another's project, invite or handover by its id", async () => {
  const [owner, stranger] = await Promise.all([user("tenant-a"), user("tenant-b")]);
  const [id, own] = [await newProject(owner), await newProject(stranger)];
  const { id: open } = await invite(owner, id);
  const handover = await must(owner, "POST", `/v1/projects/${id}/handover`, { toEmail: "tenant-c@example.com" });
  expect(JSON.stringify(await must(stranger, "GET", "/v1/projects"))).not.toContain(id);
  for (const [method, path] of [
    ["DELETE", `/v1/invites/${open}`],
    ["GET", `/v1/handovers/${handover["id"]}`],
    ["DELETE", `/v1/handovers/${handover["id"]}`],
    ["POST", `/v1/handovers/${handover["id"]}/complete`],
    ["DELETE", `/v1/projects/${own}/collaborators/${randomUUID()}`],
  ] as const)
    expect((await call(stranger, method, path)).body.error?.code).toBe("not_found");
  expect((await call(stranger, "POST", "/v1/handovers/accept", { token: handover["token"] })).body.error?.code).toBe("not_found");
});

test("secrets are taken nowhere: not in a name, a comment or instructions", async () => {
  const owner = await user("leaks");
  const id = await newProject(owner);
  const secret = `ghp_${"aB3dE6gH9k".repeat(4).slice(0, 36)}`;
  for (const [method, path, body] of [
    ["POST", "/v1/projects", { name: secret }],
    ["PUT", `/v1/projects/${id}`, { name: secret }],
    ["PUT", `/v1/projects/${id}/instructions`, { text: secret }],
    ["POST", `/v1/projects/${id}/comments`, { text: secret }],
  ] as const)
    expect((await call(owner, method, path, body)).body.error?.code).toBe("not_redacted");
});
