/** A consultant's adapter, a client who watches and asks at the consultant's cost, and a project that changes hands. */
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { decimalDollars } from "../../bin/services/cloud/money.ts";
import { SENT_TOKENS } from "../../cloud/fakes/anthropic/server.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { LedgerStore } from "../../plugins/billing/index.ts";
import { safetensorsBytes } from "../../plugins/lora/safetensors.fixture.ts";
import { EgressLog } from "../../plugins/privacy/egress/log.ts";
import { logIn, priceOf, printed, subscribe, userOf } from "./cloud-user.ts";
import { HANDBOOK } from "./handbook.ts";
import { finished, jsonLines, type User } from "./synesis.ts";

const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";
const ASKING = ["--path", ".", "--threshold", "0.91", "--cloud"];
const NANO_PER_CENT = 10_000_000;
const QUOTA = 5_000_000_000;

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ gateway: true, models: { "claude-opus": ["council-ponders"], "llama-3.3-70b": ["council"] } });
});
afterAll(() => cloud.close());

interface Answer {
  readonly outcome: string;
  readonly route: string;
  readonly adapter: string | null;
  readonly project: string | null;
  readonly cost: { readonly nanoDollars: number };
}

async function person(name: string): Promise<User> {
  const user = userOf(cloud, {}, HANDBOOK);
  await logIn(user, cloud, `${name}@example.com`);
  return user;
}

/** What an account was charged, as its owner is shown it. */
const charged = async (user: User) => (await printed<{ total: { charge: string } }>(user, "cloud", "usage")).total.charge;
const ask = (user: User, ...more: string[]) => printed<Answer>(user, "ask", QUESTION, ...ASKING, ...more);
const tryAsking = async (user: User, more: readonly string[]) => {
  const { code: exit, value } = await user.json(["ask", QUESTION, ...ASKING, ...more]);
  return { exit, value: value as Partial<Answer> };
};
const refused = async (user: User, ...more: string[]) => {
  const { exit, value } = await tryAsking(user, more);
  return { exit, code: (value as { error?: { code: string } }).error?.code };
};
const sent = (user: User) => new EgressLog(user.home).inspect().entries.length;
const calls = async () => (await cloud.provider.used()).length;

/** What the provider's answers since a call cost on the tier that is paid for. */
async function costSince(call: number, model: string) {
  const used = (await cloud.provider.used()).slice(call);
  return priceOf(model === "claude-opus" ? used.map(({ out }) => ({ in: SENT_TOKENS, out })) : used, model, "managed");
}

function adapter(user: User, name: string): string {
  const shapes = { "q_proj.lora_A.weight": [8, 512], "q_proj.lora_B.weight": [512, 8] };
  const base = "meta-llama/Llama-3.3-70B-Instruct";
  const config = { r: 8, lora_alpha: 16, target_modules: ["q_proj"], base_model_name_or_path: base };
  user.write(`${name}/adapter_config.json`, JSON.stringify(config));
  user.write(
    `${name}/adapter_model.safetensors`,
    safetensorsBytes(shapes, (data) => data.fill(7)),
  );
  return user.path(name);
}

/** Watches in a process of its own. */
async function watch(user: User, project: string) {
  const child = user.start(["collaborators", "watch", "--project", project]);
  const end = finished(child);
  let shown = "";
  let told = "";
  child.stdout.on("data", (text) => {
    shown += text;
  });
  child.stderr.on("data", (text) => {
    told += text;
  });
  await vi.waitFor(() => expect(told).toContain("Watching"), { timeout: 20_000 });
  return { child, end, sees: (pattern: RegExp) => vi.waitFor(() => expect(shown).toMatch(pattern), { timeout: 20_000 }) };
}

test("push an adapter and ask with it; invite, watch, ask until the quota ends; hand over", { timeout: 300_000 }, async () => {
  const [host, client] = await Promise.all([person("consultant"), person("client")]);
  await subscribe(host, cloud, "managed");
  await subscribe(client, cloud, "managed");

  // An adapter of the consultant's own, over the tunnel and straight to the cloud.
  expect(await printed(host, "push", adapter(host, "tone"))).toMatchObject({ name: "tone", uploaded: true });
  let total = 0;
  for (const link of ["auto", "https"]) {
    await printed(host, "config", "set", "cloud.link", link);
    const before = await calls();
    const answer = await ask(host, "--lora", "tone");
    expect(answer).toMatchObject({ route: "cloud", outcome: "answered", adapter: "tone", project: null });
    const { charge } = await costSince(before, "llama-3.3-70b");
    expect(answer.cost.nanoDollars).toBe(charge);
    total += charge;
    expect(await charged(host)).toBe(decimalDollars(total));
  }
  expect(new Set((await cloud.vllm.calls()).map((call) => call.split(" ")[0]))).toEqual(new Set(["load", "ask"]));
  const [leftSoFar, calledSoFar] = [sent(host), await calls()];
  expect(await refused(host, "--lora", "nobodys")).toEqual({ exit: 2, code: "LORA_NOT_FOUND" });
  expect(await refused(host, "--project", "nobodys")).toEqual({ exit: 2, code: "PROJECT_NOT_FOUND" });
  expect([sent(host), await calls()]).toEqual([leftSoFar, calledSoFar]);

  // The client watches, and asks at the consultant's cost.
  const { id, name } = await printed<{ id: string; name: string }>(host, "project", "create", "Harbour study", "--budget", "50");
  const inProject = ["--project", "Harbour study"];
  const { url } = await printed<{ url: string }>(host, "invite", "create", ...inProject, "--role", "viewer", "--quota", "5.00");
  await printed(client, "invite", "accept", url);
  const watching = await watch(client, id);
  const hostsCall = await calls();
  expect(await ask(host, ...inProject, "--lora", "tone")).toMatchObject({ adapter: "tone", project: name });
  await watching.sees(/\? Is \[EMAIL_01\][\s\S]*= answered/);
  total += (await costSince(hostsCall, "llama-3.3-70b")).charge;
  expect(await charged(host)).toBe(decimalDollars(total));

  const guestsCall = await calls();
  const opus = [...inProject, "--model", "opus"];
  const first = await ask(client, ...opus);
  expect(first).toMatchObject({ route: "cloud", outcome: "answered", project: name });
  expect(first.cost.nanoDollars).toBe((await costSince(guestsCall, "claude-opus")).charge);
  const lines = Array.from({ length: 14 }, (_, i) => JSON.stringify({ id: String(i), question: QUESTION }));
  const { stdout } = await client.run(["batch", "ask", "-", ...ASKING, ...opus], { input: lines.join("\n") });
  const answers = jsonLines(stdout) as unknown as (Partial<Answer> & { error?: { code: string } })[];
  const asked = answers.filter(({ route }) => route === "cloud");
  expect(asked.length).toBeGreaterThan(3);
  expect(answers.filter(({ error }) => error?.code === "PROJECT_LIMIT_REACHED").length).toBe(lines.length - asked.length);
  // Several at once are refused for what the others may come to; one after the other comes nearer to the end.
  let last = await tryAsking(client, opus);
  for (; last.exit === 0; last = await tryAsking(client, opus)) asked.push(last.value);
  expect(last).toMatchObject({ exit: 5, value: { error: { code: "PROJECT_LIMIT_REACHED" } } });

  const { charge: used } = await costSince(guestsCall, "claude-opus");
  expect(used).toBeLessThanOrEqual(QUOTA);
  expect([first, ...asked].reduce((sum, { cost }) => sum + (cost?.nanoDollars ?? 0), 0)).toBe(used);
  total += used;
  expect(await charged(host)).toBe(decimalDollars(total));
  expect(await charged(client)).toBe("0.00");
  const people = await printed<{ email: string; usedCents: number }[]>(host, "collaborators", "list", ...inProject);
  expect((people.find(({ email }) => email === "client@example.com")?.usedCents ?? 0) * NANO_PER_CENT).toBeCloseTo(used, 1);

  const ended = await calls();
  expect(await refused(client, ...opus)).toEqual({ exit: 5, code: "PROJECT_LIMIT_REACHED" });
  expect(await calls()).toBe(ended);
  expect(await printed(host, "cloud", "balance")).toMatchObject({ held: "0.00" });
  const store = new LedgerStore(client.home);
  const receipts = store.receipts(0, 100);
  store.close();
  expect(receipts.map(({ project }) => project)).toEqual(receipts.map(() => name));
  expect(receipts.reduce((sum, { chargeNanoDollars }) => sum + chargeNanoDollars, 0)).toBe(used);

  // The project changes hands: the client pays from now on, and the consultant has no part in it.
  const hosting = await watch(host, id);
  const { handover } = await printed<{ handover: { token: string } }>(
    host,
    "handover",
    "start",
    ...inProject,
    ...["--to", "client@example.com"],
  );
  expect(await printed(client, "handover", "accept", handover.token)).toMatchObject({ handover: { state: "completed" } });
  expect(await printed(client, "project", "list")).toMatchObject([{ id, role: "owner" }]);
  expect(await printed(host, "project", "list")).toEqual([]);
  expect((await hosting.end).code).toBe(2);
  expect(await refused(host, ...inProject)).toEqual({ exit: 2, code: "PROJECT_NOT_FOUND" });
  expect((await host.json(["collaborators", "list", "--project", id])).code).toBe(2);

  const ownersCall = await calls();
  expect(await ask(client, "--project", id, "--model", "llama-3.3-70b")).toMatchObject({ route: "cloud", project: name });
  expect(await charged(client)).toBe(decimalDollars((await costSince(ownersCall, "llama-3.3-70b")).charge));
  expect(await charged(host)).toBe(decimalDollars(total));
  watching.child.kill("SIGINT");
  await watching.end;
});
