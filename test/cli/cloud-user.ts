import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, vi } from "vitest";
import { decide, type Fetch, signIn } from "../../cloud/local/sign-in.ts";
import type { LocalCloud } from "../../cloud/local/start.ts";
import { type PricedCall, priceCall, type TokenCount } from "../../cloud/worker/money/price-call.ts";
import { priceAt } from "../../cloud/worker/money/prices.ts";
import type { Tier } from "../../cloud/worker/money/tier.ts";
import { finished, User } from "./synesis.ts";

/** A home whose settings name this cloud, and whatever else is given. */
export function userOf(cloud: Pick<LocalCloud, "url">, more: object = {}, files: Readonly<Record<string, string>> = {}): User {
  const user = new User(files);
  mkdirSync(user.home, { recursive: true });
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ ...more, cloud: { api: cloud.url } }));
  return user;
}

export const fetchAt =
  (cloud: LocalCloud): Fetch =>
  (path, init) =>
    fetch(new URL(path, cloud.url), init);

let signedIn = 0;

/** A key of the user with this address, who is made if there is none. Each signs in from a place of its own: one may not ask often. */
export function newKey(cloud: LocalCloud, email: string, scope?: string): Promise<string> {
  signedIn += 1;
  const place = `10.6.${signedIn >> 8}.${signedIn & 255}`;
  const from: Fetch = (path, init) =>
    cloud.server.fetch(path, { ...init, headers: { ...init?.headers, "cf-connecting-ip": place } } as never) as never;
  return signIn(from, cloud.mail, email, scope);
}

/** Asks the cloud's interface with a key. */
export async function askCloud<T>(cloud: LocalCloud, key: string, method: string, path: string): Promise<{ status: number; value: T }> {
  const answer = await fetch(new URL(path, cloud.url), { method, headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, value: (await answer.json()) as T };
}

/** Starts a sign-in and waits for the code that it shows. */
export async function startLogin(user: User, cloud: LocalCloud) {
  const child = user.start(["cloud", "login", "--json"]);
  const end = finished(child);
  let shown = "";
  child.stderr.on("data", (text) => {
    shown += text;
  });
  await vi.waitFor(() => expect(shown).toContain("Waiting"), { timeout: 20_000 });
  expect(shown).toContain(`${cloud.url}/device\n`);
  return { child, end, code: /^ {2}([A-Z]{4}-[A-Z]{4})$/m.exec(shown)?.[1] ?? "" };
}

/** Signs in as a person does: by the code that is shown, and the link in the mail. */
export async function logIn(user: User, cloud: LocalCloud, email: string): Promise<void> {
  const { end, code } = await startLogin(user, cloud);
  expect(await decide(fetchAt(cloud), cloud.mail, code, email, "approve")).toBe(200);
  const { code: exit, stderr } = await end;
  expect(exit, stderr).toBe(0);
}

/** The value that a command prints; it has to succeed. */
export async function printed<T>(user: User, ...args: string[]): Promise<T> {
  const { code, value, stderr } = await user.json(args);
  expect(code, `${args[0]}: ${JSON.stringify(value)} ${stderr}`).toBe(0);
  return value as T;
}

/** Subscribes to a tier, and pays as the page asks. */
export async function subscribe(user: User, cloud: LocalCloud, tier: Tier): Promise<void> {
  const { checkout } = await printed<{ checkout: { id: string } | null }>(user, "cloud", "tier", tier);
  if (checkout) await cloud.stripe.pay(checkout.id);
}

/** What a model's answers cost, and what is charged for them, by what the provider said that they took. */
export function priceOf(calls: readonly TokenCount[], model: string, tier: Tier): PricedCall {
  const price = priceAt(model, Date.now());
  if (!price) throw new Error(`no price of ${model}`);
  const priced = calls.map((tokens) => priceCall(tokens, price, tier));
  const sum = (name: keyof PricedCall) => priced.reduce((total, call) => total + call[name], 0);
  return { cost: sum("cost"), charge: sum("charge") };
}
