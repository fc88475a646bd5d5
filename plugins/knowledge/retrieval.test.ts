import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createKernel, definePlugin, type TokenSession, Trace } from "../../kernel/index.ts";
import { knowledge } from "./index.ts";

/** One session in memory: the first value of a type is number 1. */
function memorySession(id: string): TokenSession {
  const values: { type: string; value: string }[] = [];
  return {
    id,
    assign: (wanted) =>
      wanted.map(({ type, value }) => {
        const at = values.findIndex((known) => known.type === type && known.value === value);
        return at === -1 ? values.push({ type, value }) : at + 1;
      }),
    valueOf: (_, number) => values[number - 1]?.value,
    reserve: () => false,
  };
}

test("passages are found by a token's value and carry the token", async () => {
  const home = mkdtempSync(join(tmpdir(), "retrieval-"));
  const session = memorySession("s");
  const vector = Float32Array.of(1, 0);
  const around = definePlugin({
    name: "around",
    api: 1,
    text: "raw",
    provides: ["embedder", "tokenVault"],
    taps: ["preRedact"],
    tokenTypes: ["EMAIL"],
    setup(context) {
      context.provide("embedder", { id: "flat", dimensions: 2, embed: async () => vector, embedAll: async (all) => all.map(() => vector) });
      context.provide("tokenVault", { session: () => session });
      context.tap("preRedact", (spans, raw) => [
        ...spans,
        ...Array.from(raw.matchAll(/\S+@\S+/g), (match) => ({ start: match.index, end: match.index + match[0].length, type: "EMAIL" })),
      ]);
    },
  });
  const kernel = await createKernel([knowledge({ home }), around]);
  try {
    const call = { signal: new AbortController().signal, trace: new Trace() };
    const document = (path: string, text: string) => ({
      path,
      title: "Notes of ann@example.org",
      kind: "text",
      hash: path,
      size: 0,
      modified: 0,
      chunks: [{ start: 0, end: text.length, heading: "", text }],
      vectors: [vector],
    });
    kernel
      .service("knowledgeVault")
      .write([document("a", "Write to ann@example.org today"), document("b", "Write to bob@example.org today")]);
    const { text } = await kernel.redact("Who is ann@example.org ?", "s", call);
    const passages = await kernel.hooks.retrieve.promise([], { text, session: "s", topK: 1, within: [] }, call);
    expect(passages).toMatchObject([{ path: "a", text: "Write to [EMAIL_01] today", title: "Notes of [EMAIL_01]" }]);
    expect(call.trace.faults()).toEqual([]);
  } finally {
    await kernel.close();
    rmSync(home, { recursive: true });
  }
});
