import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { askForCode, poll } from "./sign-in.ts";

const MAIN = join(import.meta.dirname, "main.ts");
const cloud = spawn(process.execPath, [MAIN], { stdio: ["ignore", "pipe", "inherit"] });
let shown = "";
cloud.stdout.on("data", (text) => {
  shown += text;
});
const waitFor = async (pattern: RegExp) => {
  await vi.waitFor(() => expect(shown).toMatch(pattern), { timeout: 50_000 });
  return pattern.exec(shown)?.[1] ?? "";
};

let url = "";
beforeAll(async () => {
  url = await waitFor(/The cloud is at (\S+) /);
});
afterAll(async () => {
  cloud.kill("SIGTERM");
  await once(cloud, "exit");
});

test("one command starts the cloud: sign in, choose a tier, top up, ask in a stream, see balance and usage", async () => {
  const fetchHere = (path: string, init?: RequestInit) => fetch(new URL(path, url), init);
  const { device_code, verification_uri_complete, user_code } = await askForCode(fetchHere);
  expect((await fetch(verification_uri_complete)).status).toBe(200);
  await fetchHere("/device", { method: "POST", body: new URLSearchParams({ user_code, email: "ada@example.com" }) });
  const link = new URL(await waitFor(/(http:\S+\/device\/confirm\?code=\S+)/));
  expect(await (await fetch(link)).text()).toContain(user_code);
  const code = link.searchParams.get("code") ?? "";
  await fetch(new URL(link.pathname, link), { method: "POST", body: new URLSearchParams({ code, decision: "approve" }) });
  const { access_token } = await poll(fetchHere, device_code);

  const call = (method: string, path: string, body?: object) =>
    fetchHere(path, {
      method,
      headers: { authorization: `Bearer ${access_token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
  const tier = (await (await call("PUT", "/v1/billing/tier", { tier: "managed" })).json()) as { checkout: { url: string } };
  expect((await fetch(tier.checkout.url)).status).toBe(200);
  const page = (await (await call("POST", "/v1/billing/topup", { cents: 1000, idempotencyKey: randomUUID() })).json()) as { url: string };
  expect((await fetch(page.url)).status).toBe(200);

  const asked = {
    requestId: randomUUID(),
    question: "Who built the Heliograph?",
    passages: [{ heading: "", text: "The Heliograph was built by [PERSON_01]." }],
    stream: true,
  };
  const events = await (await call("POST", "/v1/escalations", asked)).text();
  expect(events).toMatch(/event: metadata[\s\S]*event: answer\ndata: .*\[PERSON_01\]/);

  const balance = (await (await call("GET", "/v1/billing/balance")).json()) as { tier: string; credits: number; unbilled: number };
  expect(balance).toMatchObject({ tier: "managed", unbilled: 0 });
  const usage = (await (await call("GET", "/v1/billing/usage?days=1")).json()) as { days: { requests: number; charge: number }[] };
  expect(usage.days).toMatchObject([{ requests: 1, charge: 10_000_000_000 - balance.credits }]);
});
