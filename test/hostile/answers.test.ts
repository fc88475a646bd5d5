/** Answers that no plugin may give, by kind, from inside the sandbox: each is refused, and what it would have spoilt is as it was. */
import { expect, onTestFinished, test } from "vitest";
import { createKernel, definePlugin, type Passage, redacted, type TokenSession, Trace } from "../../kernel/index.ts";
import { thirdParty } from "../../plugins/third-party/index.ts";
import { type Manifest, readManifest } from "../../plugins/third-party/manifest.ts";

const NAME = "synesis-plugin-liar";
const TEXT = "Hush is a secret.";

const tokens: TokenSession = { id: "s", assign: (values) => values.map(() => 1), valueOf: () => undefined, reserve: () => true };
const honest = definePlugin({
  name: "privacy",
  api: 1,
  text: "raw",
  taps: ["preRedact"],
  provides: ["tokenVault"],
  tokenTypes: ["WORD"],
  setup(context) {
    context.tap("preRedact", (spans, raw) => (raw.startsWith("Hush") ? [...spans, { start: 0, end: 4, type: "WORD" }] : spans));
    context.provide("tokenVault", { session: () => tokens });
  },
});

const PASSAGE: Passage = {
  id: 7,
  path: "/home/me/a.md",
  title: redacted`A`,
  heading: redacted``,
  start: 0,
  end: 5,
  text: redacted`Hello`,
  entities: [],
  score: 1,
};

const STREAM = { cancelled: new AbortController().signal, tell: async () => {} };

/** A kernel with a plugin whose only function gives what the code says. */
async function kernelWith(synesis: Partial<Manifest>, code: string) {
  const manifest = readManifest(JSON.stringify({ name: NAME, version: "1.0.0", synesis: { api: 1, ...synesis } }));
  const outcomes: (string | undefined)[] = [];
  const onOutcome = (_: string, fault: string | undefined) => void outcomes.push(fault);
  const kernel = await createKernel([
    honest,
    thirdParty({ manifest, code, withholds: () => false, onSend: () => {}, onOutcome, onLog: () => {} }),
  ]);
  onTestFinished(() => kernel.close());
  const call = { signal: new AbortController().signal, trace: new Trace() };
  return { kernel, call, faults: () => ({ named: call.trace.faults().map(({ plugin }) => plugin), said: outcomes }) };
}

const tapping = (hook: string, answer: string) =>
  `(() => ({ default: { setup: (c) => c.tap(${JSON.stringify(hook)}, (...args) => (${answer})) } }))()`;
const providing = (name: string, service: string) => `(() => ({ default: { setup: (c) => c.provide("${name}", ${service}) } }))()`;

test.each([
  ["begin after the text", '[{ start: 99, end: 120, type: "CODE" }]', "outside the text"],
  ["end after the text", '[{ start: 0, end: 1e6, type: "CODE" }]', "outside the text"],
  ["end before they begin", '[{ start: 5, end: 2, type: "CODE" }]', "outside the text"],
  ["begin before the text", '[{ start: -3, end: 2, type: "CODE" }]', "right form"],
  ["are no whole numbers", '[{ start: 0.5, end: 2, type: "CODE" }]', "right form"],
  ["have a type of somebody else's", '[{ start: 0, end: 4, type: "EMAIL" }]', "did not declare"],
  ["have a priority beyond all", '[{ start: 0, end: 4, type: "CODE", priority: 1e9 }]', "right form"],
  ["are more than anybody could want", 'Array(200_000).fill({ start: 0, end: 1, type: "CODE" })', "right form"],
])("spans that %s: nothing is redacted, and nothing leaves", async (_, answer, fault) => {
  const { kernel, call, faults } = await kernelWith(
    { taps: ["preRedact"], text: "raw", tokenTypes: ["CODE"] },
    tapping("preRedact", answer),
  );
  await expect(kernel.redact(TEXT, "s", call)).rejects.toMatchObject({ code: "REDACTION_FAILED" });
  expect(faults()).toEqual({ named: [NAME], said: [expect.stringContaining(fault)] });
});

test.each([
  ["lie over another's", '[{ start: 2, end: 9, type: "CODE" }]'],
  ["lie over each other", '[{ start: 0, end: 4, type: "CODE" }, { start: 0, end: 17, type: "CODE" }, { start: 1, end: 3, type: "CODE" }]'],
  ["are none, although there were some", "[]"],
])("spans that %s leave nothing readable that another detector has found", async (_, answer) => {
  const { kernel, call } = await kernelWith({ taps: ["preRedact"], text: "raw", tokenTypes: ["CODE"] }, tapping("preRedact", answer));
  expect((await kernel.redact(TEXT, "s", call)).text).not.toContain("Hush");
});

test.each([
  ["a passage that it was not given", "[{ id: 8 }]", "not given"],
  ["another text for a passage", '[{ id: 7, text: "changed", path: "/etc/passwd" }]', undefined],
  ["a passage without end", '[{ path: "x", title: "x", text: "x".repeat(100_000) }]', "right form"],
  ["a thousand passages", "Array(1000).fill({ id: 7 })", "right form"],
  ["a score that is no number", "[{ id: 7, score: NaN }]", "right form"],
  ["no list", "({ length: 1, 0: { id: 7 } })", "right form"],
])("a retriever that gives %s", async (_, answer, fault) => {
  const { kernel, call, faults } = await kernelWith({ taps: ["retrieve"] }, tapping("retrieve", answer));
  const given = await kernel.hooks.retrieve.promise([PASSAGE], { text: redacted`What?`, session: "s", topK: 8, within: [] }, call);
  expect(given).toEqual([PASSAGE]);
  expect(faults()).toEqual(fault ? { named: [NAME], said: [expect.stringContaining(fault)] } : { named: [], said: [undefined] });
});

test.each([
  ["a text that is none", '({ text: 7, model: "m", tokens: { in: 1, out: 1 } })'],
  ["tokens below nothing", '({ text: "x", model: "m", tokens: { in: -1e9, out: 1 } })'],
  ["tokens beyond all numbers", '({ text: "x", model: "m", tokens: { in: 1e400, out: 1 } })'],
  ["a text of megabytes", '({ text: "x".repeat(2_000_000), model: "m", tokens: { in: 1, out: 1 } })'],
])("a provider that gives %s has failed", async (_, answer) => {
  const { kernel, call, faults } = await kernelWith({ taps: ["escalate"] }, tapping("escalate", answer));
  const brief = { requestId: crypto.randomUUID(), question: redacted`What?`, passages: [], model: "auto" };
  expect(await kernel.hooks.escalate.promise(brief, STREAM, call)).toBeUndefined();
  expect(faults()).toEqual({ named: [NAME], said: [expect.stringContaining("right form")] });
});

test("a provider's answer is one to the request that was made, whatever it says", async () => {
  const answer = '({ requestId: "another", text: "x", model: "m", tokens: { in: 1, out: 1 }, cost: { cents: -5 } })';
  const { kernel, call } = await kernelWith({ taps: ["escalate"] }, tapping("escalate", answer));
  const brief = { requestId: crypto.randomUUID(), question: redacted`What?`, passages: [], model: "auto" };
  const given = await kernel.hooks.escalate.promise(brief, STREAM, call);
  expect(given).toEqual({ requestId: brief.requestId, text: "x", model: "m", tokens: { in: 1, out: 1 } });
});

test.each([
  ["vectors of no length", "{ embed: () => [] }"],
  ["vectors that are too long", "{ embed: () => Array(10_000).fill(1) }"],
  ["what is no vector", '{ embed: () => "vector" }'],
  ["vectors that never come", "{ embed: () => { for (;;); } }"],
])("an embedder that gives %s does not start", async (_, service) => {
  const manifest = readManifest(JSON.stringify({ name: NAME, version: "1.0.0", synesis: { api: 1, provides: ["embedder"], text: "raw" } }));
  const quiet = { withholds: () => false, onSend: () => {}, onOutcome: () => {}, onLog: () => {}, limits: { callMs: 1_000 } };
  const plugin = thirdParty({ manifest, code: providing("embedder", service), ...quiet });
  onTestFinished(() => plugin.close?.());
  await expect(createKernel([honest, plugin])).rejects.toMatchObject({ code: "PLUGIN_FAILED", message: expect.stringContaining(NAME) });
});

test.each([
  ["are of another length for another text", "{ embed: (text) => Array(text.length).fill(1) }"],
  ["point nowhere", '{ embed: (text) => (text === "a" ? [1, 2] : [0, 0]) }'],
  ["hold what is no number", '{ embed: (text) => (text === "a" ? [1, 2] : [1, NaN]) }'],
])("vectors that %s are refused", async (_, service) => {
  const { kernel } = await kernelWith({ provides: ["embedder"], text: "raw" }, providing("embedder", service));
  await expect(kernel.service("embedder").embed("another text")).rejects.toMatchObject({
    code: "PLUGIN_FAILED",
    message: expect.stringContaining(`${NAME}: its vectors`),
  });
});

test("what one plugin keeps, another does not see", async () => {
  const plugin = (name: string, code: string) => {
    const manifest = readManifest(JSON.stringify({ name, version: "1.0.0", synesis: { api: 1, taps: ["agentVote"] } }));
    return thirdParty({ manifest, code, withholds: () => false, onSend: () => {}, onOutcome: () => {}, onLog: () => {} });
  };
  const keeps = tapping("agentVote", '(globalThis.kept = "secret", console.kept = 1, { approval: 1, reason: globalThis.kept })');
  const looks = tapping("agentVote", "({ approval: 1, reason: String(globalThis.kept) })");
  const kernel = await createKernel([honest, plugin("synesis-plugin-keeps", keeps), plugin("synesis-plugin-looks", looks)]);
  onTestFinished(() => kernel.close());
  const brief = { phase: "judge", round: 1, session: "s", question: redacted`What?`, passages: [], objections: [] } as const;
  const ask = () => kernel.hooks.agentVote.promise(brief, { signal: new AbortController().signal, trace: new Trace() });
  await ask();
  const votes = await ask();
  expect(votes.map(({ name, value }) => [name, value.reason])).toContainEqual(["synesis-plugin-looks", "undefined"]);
});
