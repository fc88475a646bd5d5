import { expect, test } from "vitest";
import { readManifest } from "./manifest.ts";

const FLAG = { type: "boolean", description: "d", default: true };
const withSettings = (settings: object) =>
  readManifest(JSON.stringify({ name: "synesis-plugin-x", version: "1.0.0", synesis: { api: 1, settings } }));

test.each(["constructor", "toString", "valueOf"])("a setting that every object seems to have is refused: %s", (key) => {
  expect(() => withSettings({ [key]: FLAG })).toThrow(
    expect.objectContaining({ code: "PLUGIN_INVALID", message: expect.stringContaining(key) }),
  );
});

test("so many settings that they would hold up their readers are refused, and a hundred are taken", () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, number) => [`k${number}`, FLAG]));
  expect(() => withSettings(many(1_000_000))).toThrow(expect.objectContaining({ code: "PLUGIN_INVALID" }));
  expect(Object.keys(withSettings(many(100)).settings)).toHaveLength(100);
});
