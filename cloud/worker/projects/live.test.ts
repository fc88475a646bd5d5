import { expect, test } from "vitest";
import { MAX_WAITING, MAX_WATCHERS, type Watcher, Watchers } from "./live.ts";
import { ROLES, type Role } from "./roles.ts";

function watcher(userId: string, role: Role = "viewer", waiting = 0) {
  const got: string[] = [];
  const first = `event: watching\ndata: {"role":"${role}"}\n\n`;
  const it: Watcher = {
    userId,
    via: `key of ${userId}`,
    role,
    waiting: () => waiting,
    send: (text) => void (text === first || got.push(text)),
    end: () => void got.push("end"),
  };
  return { it, got };
}
const comment = { event: "comment", data: { id: 1, userId: "u", at: 0, text: "a\n\nevent: draft" } } as const;
const draft = { event: "draft", data: { ask: "a", round: 1, text: "[PERSON_01]" } } as const;

test("who takes events too slowly is dropped, and the others get theirs", () => {
  const all = new Watchers();
  const [slow, quick] = [watcher("slow", "viewer", MAX_WAITING + 1), watcher("quick", "viewer", MAX_WAITING)];
  for (const { it } of [slow, quick]) all.add(it);
  all.tell(comment);
  expect(slow.got).toEqual(["end"]);
  expect(quick.got).toHaveLength(1);
  expect(all.size).toBe(1);
});

test("an event is two lines and an empty one, whatever its text", () => {
  const all = new Watchers();
  const { it, got } = watcher("u");
  all.add(it);
  all.tell(comment);
  expect(got[0]).toBe(`event: comment\ndata: ${JSON.stringify(comment.data)}\n\n`);
  expect(got[0]?.split("\n\n")).toHaveLength(2);
});

test("drafts are seen from the role of commenter on", () => {
  const all = new Watchers();
  const watchers = ROLES.map((role) => watcher(role, role));
  for (const { it } of watchers) all.add(it);
  all.tell(draft);
  expect(watchers.map(({ got }) => got.length)).toEqual([0, 1, 1, 1]);
});

test("there are so many watchers of a project, and one may be dropped without the others", () => {
  const all = new Watchers();
  const watchers = Array.from({ length: MAX_WATCHERS }, (_, n) => watcher(`u${n % 2}`));
  for (const { it } of watchers) expect(all.add(it)).toBe(true);
  expect(all.add(watcher("more").it)).toBe(false);
  all.drop(({ userId }) => userId === "u1");
  expect(all.size).toBe(MAX_WATCHERS / 2);
  all.drop(() => true);
  expect(watchers.every(({ got }) => got.at(-1) === "end")).toBe(true);
});
