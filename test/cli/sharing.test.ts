/** Sharing knowledge with the cloud on this machine: what leaves, what stays, and what can be taken back. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { newKey, userOf } from "./cloud-user.ts";
import type { User } from "./synesis.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud();
});
afterAll(() => cloud.close());

const PUBLIC = "# The lamp\n\nThe Heliograph was built by the harbour office in 1921.\n";
const MIXED = `${PUBLIC}\n# Contact\n\nWrite to ${"x".repeat(8)}@example.com about the lamp, or call 030 1234567.\n`;

/** A signed-in home with indexed files. */
async function reader(name: string, files: Readonly<Record<string, string>>, settings: object = {}): Promise<User> {
  const user = userOf(cloud, { privacy: { keyStore: "file" }, ...settings });
  expect((await user.run(["cloud", "login", await newKey(cloud, `${name}@example.com`)])).code).toBe(0);
  for (const [path, text] of Object.entries(files)) user.write(path, text);
  expect((await user.run(["knowledge", "add", "docs"])).code).toBe(0);
  return user;
}
interface Report {
  readonly shared: readonly { readonly path: string; readonly name: string; readonly chunks: number; readonly kept: number }[];
  readonly skipped: readonly { readonly path: string; readonly reason: string }[];
}
const shareAll = async (user: User) => {
  const { code, value } = await user.json(["knowledge", "share", "docs", "--yes"]);
  expect(code).toBe(0);
  return value as Report;
};
const listed = async (user: User, ...more: readonly string[]) =>
  (await user.json(["knowledge", "list", "--cloud", ...more])).value as readonly { readonly name: string }[];

/** D1, as far as it is asked here. */
interface Database {
  prepare(sql: string): { all(): Promise<{ results: unknown[] }> };
}
const texts = async (): Promise<string> => {
  const { DATABASE } = (await cloud.server.getWorker<{ DATABASE: Database }>().getEnv()) as { DATABASE: Database };
  const { results } = await DATABASE.prepare("SELECT name, heading, text FROM shared_chunk JOIN shared_document ON id = documentId").all();
  return JSON.stringify(results);
};

test("what is public in a file is shared, listed, and taken back by the file's name; what is private stays", async () => {
  const user = await reader("share-a", { "docs/lamp.md": MIXED });
  const { shared } = await shareAll(user);
  expect(shared).toMatchObject([{ name: expect.stringMatching(/^lamp\.md~[0-9a-f]{8}$/), chunks: 1, kept: 1 }]);
  const kept = await texts();
  expect(kept).toContain("harbour office");
  for (const value of ["@example.com", "1234567", "docs/", user.home]) expect(kept).not.toContain(value);
  expect(JSON.stringify((await user.json(["logs", "egress"])).value)).toContain(new URL(cloud.url).host);
  expect(await listed(user)).toMatchObject([{ name: shared[0]?.name }]);
  expect((await user.run(["knowledge", "unshare", "docs/lamp.md"])).code).toBe(0);
  expect(await listed(user)).toEqual([]);
  expect(await texts()).not.toContain("harbour office");
});

test("nothing is shared where nobody agreed, of files kept from the cloud, or where nothing is public", async () => {
  const user = await reader(
    "share-b",
    { "docs/open.md": PUBLIC, "docs/closed.md": PUBLIC, "docs/own.md": "Call 030 1234567 or x@example.com.\n" },
    { privacy: { keyStore: "file", neverCloud: ["closed.md"] } },
  );
  const refused = await user.run(["knowledge", "share", "docs"]);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("Nothing was shared")]);
  expect(await listed(user)).toEqual([]);
  const value = await shareAll(user);
  expect(value.shared.map(({ path }) => path)).toEqual([user.path("docs/open.md")]);
  expect(value.skipped.toSorted((a, b) => a.path.localeCompare(b.path))).toMatchObject([
    { path: user.path("docs/closed.md"), reason: "your settings keep it from the cloud" },
    { path: user.path("docs/own.md"), reason: "nothing in it is public" },
  ]);
});

test("a document shared with a project is seen by its members; one that is not there is said so", async () => {
  const user = await reader("share-c", { "docs/lamp.md": PUBLIC });
  expect((await user.run(["project", "create", "Lamp"])).code).toBe(0);
  expect((await user.run(["knowledge", "share", "docs", "--project", "Lamp", "--yes"])).code).toBe(0);
  expect(await listed(user, "--project", "Lamp")).toHaveLength(1);
  expect(await listed(user)).toEqual([]);
  const { code, stderr } = await user.run(["knowledge", "unshare", "docs/lamp.md"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("no such shared document")]);
});
