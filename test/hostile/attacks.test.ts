/** Plugins that mean harm: each is contained, the others' work goes on, and the one at fault is named. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ballot, type Brief, createKernel, definePlugin, type Plugin, redacted, Trace } from "../../kernel/index.ts";
import { privacy } from "../../plugins/privacy/index.ts";
import { bundlePlugin } from "../../plugins/third-party/bundle.ts";
import { thirdParty } from "../../plugins/third-party/index.ts";
import { readManifest } from "../../plugins/third-party/manifest.ts";
import { ATTACKS, type Attack } from "./attacks.ts";

const folder = mkdtempSync(join(tmpdir(), "hostile-"));
const requests: string[] = [];
const server = createServer((request, response) => {
  requests.push(request.url ?? "");
  response.end("{}");
});

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));
afterAll(() => server.close());
writeFileSync(join(folder, "secret.txt"), "secret");

const BRIEF: Brief = {
  phase: "judge",
  round: 1,
  session: "s",
  question: redacted`Who wrote it?`,
  passages: [
    {
      id: 1,
      path: "/home/me/a.md",
      title: redacted`A`,
      heading: redacted``,
      start: 0,
      end: 5,
      text: redacted`Hello`,
      entities: [],
      score: 1,
    },
  ],
  objections: [],
};

const honest = definePlugin({
  name: "honest",
  api: 1,
  text: "redacted",
  taps: ["agentVote"],
  setup: (context) => context.tap("agentVote", () => ({ approval: 1, reason: redacted`yes` })),
});

for (const attack of ATTACKS)
  test.concurrent(`${attack.name}: ${attack.end}`, async () => {
    const loaded = await load(attack).catch((error: unknown) => error);
    if (attack.end === "refused") return expect(loaded).toMatchObject({ code: "PLUGIN_INVALID" });
    const { ballots, faults } = await vote(loaded as Plugin);
    expect(ballots.get("honest")).toMatchObject({ approval: 1 });
    const ballot = ballots.get("synesis-plugin-attacker");
    if (attack.end === "fault") {
      expect(ballot).toBeUndefined();
      expect(faults).toEqual([expect.objectContaining({ plugin: "synesis-plugin-attacker" })]);
    } else {
      expect(faults).toEqual([]);
      expect(ballot).toMatchObject({ approval: 0.5, reason: "fine" });
      expect(Object.keys(ballot ?? {}).sort()).toEqual(["approval", "reason"]);
    }
  });

test("an agent that has network is not asked where a passage must stay here", async () => {
  const manifest = readManifest(
    JSON.stringify({ name: "synesis-plugin-net", version: "1.0.0", synesis: { api: 1, taps: ["agentVote"], hosts: ["a.example"] } }),
  );
  const code = '(() => ({ default: { setup: (c) => c.tap("agentVote", () => ({ approval: 1, reason: "seen" })) } }))()';
  const quiet = { onSend: () => {}, onOutcome: () => {}, onLog: () => {} };
  const asked = async (withholds: (path: string) => boolean) => (await vote(thirdParty({ manifest, code, withholds, ...quiet }))).ballots;
  expect((await asked(() => false)).get("synesis-plugin-net")).toMatchObject({ reason: "seen" });
  expect((await asked((path) => path.includes("home"))).has("synesis-plugin-net")).toBe(false);
});

test.each([
  ['"out of order"', "out of order"],
  ["undefined", "threw nothing that says why"],
  ["{ code: 7 }", "threw nothing that says why"],
])("a plugin that throws %s is named with what that says", async (thrown, told) => {
  const manifest = readManifest(
    JSON.stringify({ name: "synesis-plugin-thrower", version: "1.0.0", synesis: { api: 1, taps: ["agentVote"] } }),
  );
  const code = `(() => ({ default: { setup: (c) => c.tap("agentVote", () => { throw ${thrown}; }) } }))()`;
  const outcomes: unknown[] = [];
  const quiet = { withholds: () => false, onSend: () => {}, onLog: () => {} };
  await vote(thirdParty({ manifest, code, onOutcome: (_, fault) => outcomes.push(fault), ...quiet }));
  expect(outcomes).toEqual([told]);
});

test("nothing of it all has left the machine or its thread", () => {
  expect(requests).toEqual([]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

async function load({ name, body, before = "", over = {} }: Attack): Promise<Plugin> {
  const own = join(folder, name.replace(/\W+/g, "-"));
  mkdirSync(own);
  const { port } = server.address() as AddressInfo;
  const code = `${before}
    export default { setup(context) {
      context.tap(globalThis.extra ?? "agentVote", async (brief) => {
        const got = await (async () => { ${body} })();
        if (typeof got === "string") return { approval: 0, reason: "ESCAPED " + got };
        return got ?? { approval: 0.5, reason: "fine" };
      });
    } };`;
  writeFileSync(join(own, "index.js"), code.replaceAll("PORT", String(port)));
  const manifest = readManifest(
    JSON.stringify({ name: "synesis-plugin-attacker", version: "1.0.0", synesis: { api: 1, taps: ["agentVote"], ...over } }),
  );
  return thirdParty({
    manifest,
    code: await bundlePlugin(own, manifest.entry),
    withholds: () => false,
    onSend: () => {},
    onOutcome: () => {},
    onLog: () => {},
    limits: { callMs: 5_000 },
  });
}

async function vote(attacker: Plugin) {
  const kernel = await createKernel([privacy({ home: mkdtempSync(join(folder, "home-")) }), attacker, honest]);
  const trace = new Trace();
  try {
    const given = await kernel.hooks.agentVote.promise(BRIEF, { signal: new AbortController().signal, trace });
    return { ballots: new Map(given.map(({ name, value }): [string, Ballot] => [name, value])), faults: trace.faults() };
  } finally {
    await kernel.close();
  }
}
