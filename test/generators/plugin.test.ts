/** A generator by somebody else, in the sandbox that it runs in. */
import { afterAll, describe, expect, test } from "vitest";
import type { Context, Generator } from "../../kernel/index.ts";
import { inProcess } from "../../plugins/third-party/in-process.ts";
import { thirdParty } from "../../plugins/third-party/index.ts";
import { readManifest } from "../../plugins/third-party/manifest.ts";
import type { SandboxLimits } from "../../plugins/third-party/sandbox.ts";
import { all, generatorContract, request, SCHEMA } from "./contract.ts";

const opened: { close?: () => unknown }[] = [];
afterAll(async () => {
  for (const plugin of opened) await plugin.close?.();
});

/** @param generate the function as a plugin's author writes it. */
async function writing(generate: string, limits: Partial<SandboxLimits> = {}, hosts: readonly string[] = []): Promise<Generator> {
  const manifest = readManifest(
    JSON.stringify({ name: "synesis-plugin-writer", version: "1.0.0", synesis: { api: 1, provides: ["generator"], hosts } }),
  );
  const code = `({ default: { name: "synesis-plugin-writer", setup: ({ provide }) => provide("generator", { ${generate} }) } })`;
  const nothing = () => {};
  const plugin = thirdParty({ manifest, code, limits, withholds: () => false, onSend: nothing, onOutcome: nothing, onLog: nothing });
  opened.push(plugin);
  let generator: Generator | undefined;
  const provide = (_name: string, service: unknown) => {
    generator = service as Generator;
  };
  await plugin.setup({ provide } as unknown as Context);
  return generator as Generator;
}

const WORDS = `async *generate({ schema, maxTokens }) {
  const words = schema ? ['{"answer":', '"a council",', '"sure":1}'] : Array.from({ length: 3000 }, () => "word ");
  let out = 0;
  for (const word of words.slice(0, maxTokens)) { out++; yield word; }
  return { tokens: { in: 12, out }, finish: out < words.length ? "length" : "stop" };
}`;

describe("in pieces", async () => {
  const generator = await writing(WORDS);
  generatorContract("plugin", () => generator);

  test("a piece is there before the text has come to its end", async () => {
    const endless = await writing("async *generate() { yield 'first'; await new Promise(() => {}); }");
    for await (const piece of endless.generate(request())) {
      expect(piece).toEqual({ type: "text", text: "first" });
      break;
    }
  });
});

test("a whole text is given as one piece, then its usage", async () => {
  const generator = await writing("generate: () => ({ text: 'A council.', tokens: { in: 3, out: 2 } })");
  expect((await all(generator.generate(request()))).pieces).toEqual([
    { type: "text", text: "A council." },
    { type: "usage", tokens: { in: 3, out: 2 }, finish: "stop" },
  ]);
});

test("pieces that nobody counts are counted as tokens", async () => {
  const generator = await writing("async *generate() { yield 'a '; yield ''; yield 'b'; }");
  expect((await all(generator.generate(request()))).pieces.at(-1)).toEqual({ type: "usage", tokens: { in: 0, out: 2 }, finish: "stop" });
});

const fails = (name: string, generate: string, code: string, message: RegExp) =>
  test(`${name}: ${code}`, async () => {
    const generator = await writing(generate, { silentMs: 400 });
    const failed = { code, message: expect.stringMatching(message) };
    await expect(all(generator.generate(request()))).rejects.toMatchObject(failed);
    await expect(all(generator.generate(request({ schema: SCHEMA })))).rejects.toMatchObject(failed);
  });

fails("one that never answers", "generate: () => new Promise(() => {})", "GENERATOR_TIMEOUT", /no word for 0.4 s/);
fails("one that loops", "generate() { for (;;); }", "GENERATOR_TIMEOUT", /no word for 0.4 s/);
fails("one that stops in the middle", "async *generate() { yield 'a'; await new Promise(() => {}); }", "GENERATOR_TIMEOUT", /no word/);
fails("one that loops in the middle", "async *generate() { yield 'a'; for (;;); }", "GENERATOR_TIMEOUT", /no word/);
fails("one whose pieces are no texts", "async *generate() { yield 1; }", "GENERATOR_FAILED", /no text/);
fails("one whose last word is no usage", "async *generate() { yield 'a'; return { tokens: 'many' }; }", "GENERATOR_FAILED", /form/);
fails("one that writes without end", "async *generate() { for (;;) yield 'a'.repeat(100_000); }", "GENERATOR_FAILED", /without end/);
fails("one that throws in the middle", "async *generate() { yield 'a'; throw new Error('no more'); }", "GENERATOR_FAILED", /no more/);
fails(
  "one that only looks like a generator",
  "generate: () => ({ [Symbol.asyncIterator]: 1, next: () => { throw 1 } })",
  "GENERATOR_FAILED",
  /./,
);

test("a plugin that waits for its server is given the server's time", async () => {
  const { createServer } = await import("node:http");
  const server = createServer(() => {}); // takes the request, and says nothing
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const host = `127.0.0.1:${port}`;
  const generator = await writing(`async generate() { await fetch("http://${host}/"); }`, { serverMs: 300 }, [host]);
  await expect(all(generator.generate(request()))).rejects.toMatchObject({
    code: "GENERATOR_TIMEOUT",
    message: expect.stringMatching(/0.3 s/),
  });
  server.closeAllConnections();
  server.close();
});

const trusted = async (generate: (asked: unknown) => unknown) => {
  let generator: Generator | undefined;
  const manifest = readManifest(
    JSON.stringify({ name: "synesis-plugin-own", version: "1.0.0", synesis: { api: 1, provides: ["generator"] } }),
  );
  const plugin = await inProcess(manifest, { setup: ({ provide }) => provide("generator", { generate }) }, { silentMs: 300 });
  const provide = (_name: string, service: unknown) => {
    generator = service as Generator;
  };
  await plugin.setup({ provide } as unknown as Context);
  return generator as Generator;
};

describe("trusted, without a sandbox", async () => {
  const generator = await trusted(async function* (asked) {
    const { schema, maxTokens } = asked as { schema?: object; maxTokens: number };
    const words = schema ? ['{"answer":', '"a council",', '"sure":1}'] : Array.from({ length: 3000 }, () => "word ");
    yield* words.slice(0, maxTokens);
    return { tokens: { in: 12, out: Math.min(maxTokens, words.length) }, finish: maxTokens < words.length ? "length" : "stop" };
  });
  generatorContract("plugin", () => generator);

  test("one that never answers is given up", async () => {
    const hanging = await trusted(() => new Promise(() => {}));
    await expect(all(hanging.generate(request()))).rejects.toMatchObject({ code: "GENERATOR_TIMEOUT" });
  });

  test("one that is left in the middle may clear up", async () => {
    const cleared = Promise.withResolvers<void>();
    const leaving = await trusted(async function* () {
      try {
        for (;;) yield "word ";
      } finally {
        cleared.resolve();
      }
    });
    for await (const piece of leaving.generate(request())) if (piece.type === "text") break;
    await cleared.promise;
  });
});
