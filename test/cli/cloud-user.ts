import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Fetch, signIn } from "../../cloud/local/sign-in.ts";
import type { LocalCloud } from "../../cloud/local/start.ts";
import { User } from "./synesis.ts";

/** A home whose settings name this cloud, and whatever else is given. */
export function userOf(cloud: Pick<LocalCloud, "url">, more: object = {}): User {
  const user = new User();
  mkdirSync(user.home, { recursive: true });
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ ...more, cloud: { api: cloud.url } }));
  return user;
}

export const fetchAt =
  (cloud: LocalCloud): Fetch =>
  (path, init) =>
    fetch(new URL(path, cloud.url), init);

/** A key of the user with this address, who is made if there is none. */
export function newKey(cloud: LocalCloud, email: string, scope?: string): Promise<string> {
  return signIn(fetchAt(cloud), cloud.mail, email, scope);
}

/** Asks the cloud's interface with a key. */
export async function askCloud<T>(cloud: LocalCloud, key: string, method: string, path: string): Promise<{ status: number; value: T }> {
  const answer = await fetch(new URL(path, cloud.url), { method, headers: { authorization: `Bearer ${key}` } });
  return { status: answer.status, value: (await answer.json()) as T };
}
