/** The real library on a tiny model. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LlamaGenerator, llamaGenerator } from "../../plugins/generator-llama/llama-generator.ts";
import { inspectModel } from "../../plugins/models/store.ts";
import { plain } from "../plain.ts";
import { all, generatorContract, request, SCHEMA } from "./contract.ts";
import { linkRuntime, withoutRuntime } from "./runtime.ts";
import { writeTinyAdapter, writeTinyModel } from "./tiny-model.ts";

const home = mkdtempSync(join(tmpdir(), "llama-"));
const path = join(home, "tiny.gguf");

beforeAll(() => {
  writeTinyModel(path);
  mkdirSync(join(home, "loras"));
  writeTinyAdapter(join(home, "loras/other.gguf"));
  linkRuntime(home);
});

const start = (more: object = {}) =>
  llamaGenerator({
    home,
    model: "tiny",
    path: () => path,
    adapter: (name) => join(home, "loras", `${name}.gguf`),
    context: 1024,
    gpu: false,
    ...more,
  });

test("the tiny model is a whole file that tells its shape", () => {
  expect(inspectModel(path).shape).toMatchObject({ layers: 2, embedding: 64, heads: 4, context: 4096 });
});

test("without the library, the error says how to install it", async () => {
  const bare = llamaGenerator({ home: mkdtempSync(join(tmpdir(), "bare-")), model: "tiny", path: () => path, context: 512 });
  await expect(all(bare.generate(request()))).rejects.toMatchObject({
    code: "GENERATOR_MISSING",
    next: expect.stringContaining("runtime install llama"),
  });
});

describe.skipIf(withoutRuntime)(`with the library ${withoutRuntime ?? ""}`, () => {
  let generator: LlamaGenerator;
  beforeAll(() => {
    generator = start();
  });
  afterAll(() => generator.close());

  generatorContract("llama", () => generator);

  test("an adapter changes what is said, and taking it away brings the old words back", async () => {
    const before = await all(generator.generate(request()));
    const other = await all(generator.generate(request({ lora: "other" })));
    const after = await all(generator.generate(request()));
    expect(other.text).not.toBe(before.text);
    expect(after.text).toBe(before.text);
  });

  test("three that begin alike and come together say what each says alone, and tokens are counted", async () => {
    const beginning = "the beginning is shared by all of them and is long enough. ".repeat(4);
    const asked = ["one", "two", "three"].map((own) =>
      request({ messages: [{ role: "user", content: plain(`${beginning}${own}`) }], maxTokens: 30 }),
    );
    expect(await generator.countTokens?.(plain(beginning), new AbortController().signal)).toBeGreaterThan(200);
    const together = await Promise.all(asked.map((one) => all(generator.generate(one))));
    const fresh = start();
    for (const [i, one] of asked.entries()) expect((await all(fresh.generate(one))).text).toBe(together[i]?.text);
    await fresh.close();
  });

  test("an adapter that is not there is an error, and the model goes on", async () => {
    await expect(all(generator.generate(request({ lora: "nowhere" })))).rejects.toMatchObject({ code: "LORA_FAILED" });
    const without = llamaGenerator({ home, model: "tiny", path: () => path, context: 1024 });
    await expect(all(without.generate(request({ lora: "other" })))).rejects.toMatchObject({ code: "LORA_NOT_FOUND" });
    expect((await all(generator.generate(request()))).text).toMatch(/\S/);
  });

  test("a schema that no text can keep in time ends with an error", async () => {
    await expect(all(generator.generate(request({ schema: SCHEMA, maxTokens: 3 })))).rejects.toMatchObject({
      code: "GENERATOR_INVALID_JSON",
    });
  });

  test("a file that is no model is an error, not the end of the program", async () => {
    const broken = join(home, "broken.gguf");
    writeFileSync(broken, "");
    await expect(all(start({ path: () => broken }).generate(request()))).rejects.toMatchObject({ code: "GENERATOR_FAILED" });
  });

  test("what the look at the file throws comes through", async () => {
    writeFileSync(join(home, "broken.gguf"), "GGUF nothing");
    const own = start({ path: () => inspectModel(join(home, "broken.gguf")) });
    await expect(all(own.generate(request()))).rejects.toMatchObject({ code: "MODEL_INVALID" });
  });

  test("a process that is killed is an error, and the next request starts another", async () => {
    const own = start();
    const run = all(own.generate(request({ maxTokens: 900 })));
    run.catch(() => {});
    const children = () => execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" }).split("\n");
    const before = children().filter((line) => line.includes("llama.worker")).length;
    for await (const piece of own.generate(request({ maxTokens: 5 }))) if (piece.type === "text") break;
    const newest =
      children()
        .filter((line) => line.includes("llama.worker"))
        .at(-1) ?? "";
    expect(before).toBeGreaterThan(0);
    process.kill(Number(newest.trim().split(" ")[0]), "SIGKILL");
    await expect(run).rejects.toMatchObject({ code: "GENERATOR_FAILED" });
    expect((await all(own.generate(request()))).text).toMatch(/\S/);
    await own.close();
  });

  test("close ends a process that never comes to an end of loading", async () => {
    const broken = join(home, "broken.gguf");
    writeFileSync(broken, "GGUF nothing"); // the library itself reads on for ever
    const own = start({ path: () => broken });
    const answer = all(own.generate(request()));
    answer.catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 300));
    await own.close();
    await expect(answer).rejects.toMatchObject({ code: "GENERATOR_FAILED" });
  });

  test("after close the next request starts another process", async () => {
    const own = start();
    const first = await all(own.generate(request()));
    await own.close();
    expect((await all(own.generate(request()))).text).toBe(first.text);
    await own.close();
  });
});
