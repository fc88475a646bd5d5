/** Adapters on this machine, seen from outside the process. */
import { existsSync, mkdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { safetensorsBytes } from "../../plugins/lora/safetensors.fixture.ts";
import { linkRuntime, withoutRuntime } from "../generators/runtime.ts";
import { writeTinyAdapter, writeTinyModel } from "../generators/tiny-model.ts";
import { HANDBOOK } from "./handbook.ts";
import { User } from "./synesis.ts";

/** A user with the tiny model in use, and an adapter for it in their folder. */
async function userWithModel(): Promise<User> {
  const user = new User(HANDBOOK);
  for (const folder of ["models", "loras"]) mkdirSync(join(user.home, folder), { recursive: true });
  writeTinyModel(join(user.home, "models/tiny.gguf"));
  writeTinyAdapter(join(user.home, "loras/other.gguf"));
  expect((await user.json(["model", "use", "tiny"])).code).toBe(0);
  return user;
}
const PEFT = safetensorsBytes({ "q_proj.lora_A.weight": [8, 64], "q_proj.lora_B.weight": [64, 8] });

test("adapters are listed with what their files say, chosen, and removed", async () => {
  const user = await userWithModel();
  const outside = user.path("mine.gguf");
  writeTinyAdapter(outside);
  expect(await user.json(["lora", "use", "other"])).toMatchObject({ code: 0, value: { name: "other", rank: 4, kind: "gguf", used: true } });
  expect(await user.json(["lora", "use", outside])).toMatchObject({ code: 0, value: { name: "mine", path: outside } });
  const { value } = await user.json(["lora", "list"]);
  expect(value).toMatchObject([
    { name: "other", used: false, fault: null, bytes: expect.any(Number) },
    { name: "mine", used: true },
  ]);
  expect(await user.json(["lora", "remove", "mine"])).toMatchObject({ code: 0, value: { deleted: false, wasUsed: true } });
  expect(existsSync(outside)).toBe(true);
  expect((await user.json(["config", "get", "generator.lora"])).value).toMatchObject({ value: "" });
  expect(await user.json(["lora", "remove", "other"])).toMatchObject({ code: 0, value: { deleted: true, wasUsed: false } });
  expect(existsSync(join(user.home, "loras/other.gguf"))).toBe(false);
  expect((await user.json(["lora", "list"])).value).toEqual([]);
});

test("what only claims to be an adapter is listed with the reason, and not chosen", async () => {
  const user = await userWithModel();
  const put = (name: string, bytes: string | Uint8Array) => user.write(`../home/loras/${name}`, bytes);
  put("empty.gguf", "");
  put("page.safetensors", "<!doctype html>");
  put("peft.safetensors", PEFT);
  truncateSync(put("huge.gguf", "GGUF"), 10e9);
  writeTinyModel(join(user.home, "loras/model.gguf"));
  const { value } = await user.json(["lora", "list"]);
  const faults = Object.fromEntries((value as { name: string; fault: string | null }[]).map(({ name, fault }) => [name, fault]));
  expect(faults).toMatchObject({
    other: null,
    peft: null,
    empty: expect.stringMatching(/empty/),
    page: expect.stringMatching(/cut short/),
    huge: expect.stringMatching(/larger/),
    model: expect.stringMatching(/a model, not an adapter/),
  });
  for (const [name, code] of [
    ["empty", "LORA_INVALID"],
    ["huge", "LORA_INVALID"],
    ["model", "LORA_INVALID"],
    ["peft", "LORA_UNUSABLE"],
    ["nobody", "LORA_NOT_FOUND"],
    ["./nowhere.gguf", "PATH_NOT_FOUND"],
  ] as const)
    expect(await user.json(["lora", "use", name])).toMatchObject({ code: 2, value: { error: { code } } });
  expect((await user.json(["config", "get", "generator.lora"])).value).toMatchObject({ value: "" });
});

describe("a question with an adapter that cannot be used is not asked", () => {
  for (const [what, args, prepare, code] of [
    ["there is none of this name", ["--lora", "nobody"], [], "LORA_NOT_FOUND"],
    ["the name is a path", ["--lora", "../x"], [], "USAGE"],
    ["nothing writes text", ["--lora", "other"], ["config", "set", "generator.kind", "embedded"], "LORA_UNUSABLE"],
  ] as const)
    test(what, async () => {
      const user = await userWithModel();
      if (prepare.length > 0) await user.run(prepare);
      const asked = await user.json(["ask", "Who built the Heliograph?", "--path", ".", ...args]);
      expect(asked).toMatchObject({ code: 2, value: { error: { code } } });
    });

  test("it was made for another model", async () => {
    const user = await userWithModel();
    await user.run(["lora", "use", "other"]);
    const { writeRandomModel } = await import("../generators/tiny-model.ts");
    writeRandomModel(join(user.home, "models/wide.gguf"), { embedding: 128, layers: 2, heads: 4, kvHeads: 2, feed: 128 });
    await user.run(["model", "use", "wide"]);
    const asked = await user.json(["ask", "Who built the Heliograph?", "--path", "."]);
    expect(asked).toMatchObject({ code: 2, value: { error: { code: "LORA_MISMATCH", message: expect.stringMatching(/128/) } } });
  });
});

describe.skipIf(withoutRuntime)(`with the library ${withoutRuntime ?? ""}`, { timeout: 240_000 }, () => {
  test("a question is thought about with the adapter, and the answer says so", async () => {
    const user = await userWithModel();
    linkRuntime(user.home);
    const ask = async (...args: string[]) =>
      (await user.json(["ask", "Who built the Heliograph in 1821?", "--path", ".", ...args])).value as {
        model: string | null;
        mode: string;
      };
    expect(await ask("--lora", "other")).toMatchObject({ model: "tiny + other", mode: "generator" });
    expect(await ask()).toMatchObject({ model: "tiny", mode: "generator" });
  });
});
