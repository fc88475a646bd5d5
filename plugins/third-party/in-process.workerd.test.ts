/** A plugin as strangers write them joins the council inside a Worker, which has no process to put it into. */
import { expect, test } from "vitest";
import { createKernel, definePlugin, type Redacted, Trace } from "../../kernel/index.ts";
import brevity from "../../test/fixtures/plugins/brevity/index.js";
import packageJson from "../../test/fixtures/plugins/brevity/package.json" with { type: "json" };
import { inProcess } from "./in-process.ts";
import { readManifest } from "./manifest.ts";

/** The smallest privacy there is: one word is a secret. */
const privacy = definePlugin({
  name: "privacy",
  api: 1,
  text: "raw",
  taps: ["preRedact"],
  provides: ["tokenVault"],
  tokenTypes: ["WORD"],
  setup(context) {
    context.tap("preRedact", (spans, raw) => {
      const start = raw.indexOf("hush");
      return start < 0 ? spans : [...spans, { start, end: start + 4, type: "WORD" }];
    });
    context.provide("tokenVault", {
      session: (id) => ({
        id,
        assign: (values) => values.map(() => 1),
        valueOf: (type) => (type === "WORD" ? "hush" : undefined),
        reserve: () => true,
      }),
    });
  },
});

test("a third-party agent votes in workerd", async () => {
  expect(navigator.userAgent).toBe("Cloudflare-Workers");
  const kernel = await createKernel([privacy, await inProcess(readManifest(JSON.stringify(packageJson)), brevity)]);
  const text = (words: string) => words as Redacted;
  const votes = await kernel.hooks.agentVote.promise(
    {
      phase: "judge",
      round: 1,
      session: "s",
      question: text("What?"),
      passages: [],
      objections: [],
      draft: { text: text("x".repeat(800)), quotes: [] },
    },
    { signal: new AbortController().signal, trace: new Trace() },
  );
  expect(votes).toEqual([
    { name: "synesis-plugin-brevity", value: { approval: 0.5, reason: "800 characters are too many.", objections: ["Say less."] } },
  ]);
});
