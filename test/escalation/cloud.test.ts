/** Questions that go to the cloud: from the command, through a tunnel and a gateway, to the Worker and its ledger, and back. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { INDEX, type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { use } from "../../cloud/local/use.ts";
import { EgressLog } from "../../plugins/privacy/egress/log.ts";
import { saveDevice } from "../../plugins/tunnel/device-store.ts";
import { HANDBOOK } from "../cli/handbook.ts";
import { finished, User } from "../cli/synesis.ts";
import { encodingFound, Haystack } from "../proof/encodings.ts";
import { newCustomer } from "./customer.ts";

const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";

let cloud: LocalCloud;
beforeAll(async () => {
  const models = { "llama-3.3-70b": ["council"], "claude-sonnet": ["council-abstains"], "claude-opus": ["fault"], "gpt-4-turbo": ["slow"] };
  cloud = await startLocalCloud({ gateway: true, models });
});
afterAll(() => cloud.close());

/** A user who is signed in, on a tier that is charged. */
async function setUp(name: string, link: "quic" | "h2") {
  const { identity, call, ...device } = await newCustomer(cloud, name);
  const user = new User(HANDBOOK);
  mkdirSync(user.home, { recursive: true });
  saveDevice(user.home, identity);
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { gateway: device.gateway, link } }));
  const balance = async () => await call<{ unbilled: number; held: number }>("GET", "/v1/billing/balance");
  const ask = async (...args: string[]) => {
    const { code, stdout, stderr } = await user.run(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--json", ...args]);
    return { code, stderr, answer: JSON.parse(stdout) };
  };
  return { user, device, call, balance, ask };
}

describe.each(["quic", "h2"] as const)("over %s", (link) => {
  test("an answer comes back with its values, checked, charged and written down", async () => {
    const { user, ask, balance, device } = await setUp(`asks-${link}`, link);
    const { code, answer } = await ask("--model", "llama-3.3-70b");
    expect(answer).toMatchObject({ route: "cloud", model: "llama-3.3-70b", mode: "generator", outcome: "answered", warnings: [] });
    expect(code).toBe(0);
    expect(answer.answer).toMatch(/keeper of the northern station is Ada Quill|ada\.quill@station\.example/);
    expect(answer.citations.length).toBeGreaterThan(0);
    expect(answer.cost.nanoDollars).toBe((await balance()).unbilled);
    expect(answer.cost.cents).toBe(Math.ceil(answer.cost.nanoDollars / 1e7));
    const { entries } = new EgressLog(user.home).inspect();
    expect(entries.map(({ to }) => to)).toEqual([device.gateway]);
    const left = new Haystack(Buffer.from(entries[0]?.body ?? "", entries[0]?.encoding).toString());
    for (const secret of ["ada.quill@station.example", "+49 30 901820", "Ada Quill"]) expect(encodingFound(secret, left)).toBeUndefined();
    const shown = await user.run(["ask", QUESTION, "--threshold", "0.91", "--cloud", "--model", "llama-3.3-70b", "--stream"]);
    expect(shown.stdout).toMatch(/Written by llama-3\.3-70b, elsewhere.*tokens in.*\$0\.\d+/);
  });

  test("Ctrl-C stops the work there, and what it took is recorded here", async () => {
    const { user, balance } = await setUp(`leaves-${link}`, link);
    const child = user.start(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--model", "gpt"]);
    const end = finished(child);
    child.stdin.end();
    await expect.poll(async () => (await balance()).held, { timeout: 30_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    expect((await end).code).toBe(130);
    await expect.poll(async () => (await balance()).held, { timeout: 20_000 }).toBe(0);
    expect((await balance()).unbilled).toBeGreaterThan(0);
    const { value } = await user.json(["metrics"]);
    expect(value).toMatchObject({ escalations: { total: 1, failed: 1, tokens: { in: expect.any(Number) } } });
  });

  test("a device that is revoked is refused, and told to sign in", async () => {
    const { ask, call, device } = await setUp(`revoked-${link}`, link);
    await call("DELETE", `/v1/devices/${device.deviceId}`);
    await expect.poll(async () => (await ask()).answer.error?.code, { timeout: 40_000 }).toBe("TUNNEL_REFUSED");
    expect((await ask()).code).toBe(2);
  });
});

test("what is shared with the cloud is looked in where the question says so, and only there", async () => {
  const { call, ask } = await setUp("shares", "h2");
  const text = "The northern station keeps a spare mirror in the boathouse.";
  await call("POST", "/v1/knowledge", { name: "masts.md", chunks: [{ heading: "", text }] });
  const index = async () => (await (await cloud.server.getWorker(INDEX).fetch("http://index/")).json()) as unknown[];
  await expect.poll(index, { timeout: 20_000 }).toHaveLength(1);
  const shown = async (...args: string[]) => {
    const before = (await cloud.provider.received("council")).length;
    expect((await ask("--model", "llama-3.3-70b", ...args)).answer).toMatchObject({ route: "cloud" });
    return (await cloud.provider.received("council")).slice(before).filter((body) => body.includes(text)).length;
  };
  expect(await shown("--shared")).toBeGreaterThan(0);
  expect(await shown()).toBe(0);
});

test("a council there that does not agree is told as such, with what it cost", async () => {
  const { ask, balance } = await setUp("declines", "h2");
  const { code, answer } = await ask("--model", "sonnet");
  expect(answer).toMatchObject({ route: "cloud", outcome: "no_evidence", answer: null, model: "claude-sonnet" });
  expect(code).toBe(4);
  expect(answer.cost.nanoDollars).toBe((await balance()).unbilled);
});

test("the ceiling ends with 5, an unknown model with 2, and a provider that fails leaves the question here", async () => {
  const { ask, balance } = await setUp("limits", "h2");
  const failing = await ask("--model", "opus");
  expect(failing).toMatchObject({ code: 4, answer: { route: "local", answer: null } });
  expect(failing.answer.warnings.join()).toMatch(/No model elsewhere answered/);
  expect(await ask("--model", "nobody-9")).toMatchObject({ code: 2, answer: { error: { code: "ESCALATION_MODEL_UNKNOWN" } } });
  const before = await balance();
  await use(cloud, "limits@example.com", "claude-opus", { in: 6_500_000, out: 0 });
  expect((await balance()).unbilled).toBeGreaterThan(before.unbilled);
  expect(await ask("--model", "llama-3.3-70b")).toMatchObject({ code: 5, answer: { error: { code: "CLOUD_LIMIT_REACHED" } } });
});

test("without a device the sign-in is asked for; without a gateway that answers the question stays here", async () => {
  const user = new User(HANDBOOK);
  const args = ["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud"];
  expect(await user.json(args)).toMatchObject({ code: 2, value: { error: { code: "DEVICE_UNKNOWN" } } });
  const { user: signedIn } = await setUp("alone", "h2");
  await signedIn.run(["config", "set", "cloud.gateway", "localhost:39184"]);
  const { code, value } = await signedIn.json(args);
  expect(code).toBe(4);
  expect(value).toMatchObject({ route: "local", warnings: [expect.stringMatching(/cloud cannot be reached/)] });
});
