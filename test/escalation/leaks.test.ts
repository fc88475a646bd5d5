/** Sessions full of secrets over a real tunnel, gateway and back: what the Worker got is searched, and every value comes back. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { createKernel, definePlugin, Trace } from "../../kernel/index.ts";
import { textsOf } from "../../pipeline/escalate/brief.ts";
import { escalation } from "../../plugins/escalation/index.ts";
import { createDetector } from "../../plugins/privacy/detector.ts";
import { privacy } from "../../plugins/privacy/index.ts";
import { escalateOver } from "../../plugins/tunnel/escalate-over.ts";
import { briefOf, judge, plantedIn } from "../proof/leaks.ts";
import { plantedSession } from "../proof/sessions.ts";
import { Cloud, openTunnel, targetOf } from "../tunnel/processes.ts";

const SESSIONS = 40;

test.each(["quic", "h2"] as const)("over %s no detected value reaches the Worker, and all come back", async (kind) => {
  const cloud = await Cloud.start();
  const home = mkdtempSync(join(tmpdir(), "leaks-"));
  const gateway = await cloud.startGateway(["--limit", "requestsPerSecond=100000", "--limit", "burst=100000"]);
  const identity = await cloud.device("laptop");
  const tunnel = openTunnel("laptop", () => targetOf(gateway, identity), { links: [kind] });
  const sent: Uint8Array[] = [];
  const link = definePlugin({
    name: "link",
    api: 1,
    text: "redacted",
    provides: ["cloudLink"],
    setup: (context) =>
      context.provide("cloudLink", {
        state: "connected",
        escalate: (brief, { signal, timeoutMs }) =>
          escalateOver(tunnel, brief, { signal, timeoutMs, beforeSending: (bytes) => sent.push(bytes) }),
      }),
  });
  const asking = escalation({ beforeSending: () => {}, idleMs: 60_000, attempts: 1, pauseMs: 0 });
  const kernel = await createKernel([privacy({ home }), link, asking]);
  onTestFinished(async () => {
    await tunnel.disconnect(0);
    await kernel.close();
    cloud.close();
    rmSync(home, { recursive: true, force: true });
  });
  await tunnel.connect();
  const detect = await createDetector();
  const call = { signal: new AbortController().signal, trace: new Trace() };
  for (let seed = 1; seed <= SESSIONS; seed += 1) {
    const id = `s${seed}`;
    const session = plantedSession(seed);
    const { brief } = await briefOf(kernel, session, id);
    const answer = await kernel.hooks.escalate.promise(brief, { cancelled: call.signal, tell: async () => {} }, call);
    const shown = await kernel.hooks.reinflate.promise(await kernel.redactWritten(answer?.text ?? "", textsOf(brief), id, call), id, call);
    const said = [
      session.question,
      ...session.history,
      ...session.passages.flatMap(({ fileName, heading, text }) => [fileName, heading, text]),
    ];
    for (const { text } of said) expect(shown).toContain(text);
  }
  const got = await cloud.received();
  // The gateway takes the head off and forwards the request as it is.
  for (const bytes of sent) expect(got.includes(Buffer.from(bytes).subarray(-500))).toBe(true);
  const { planted, leaked } = judge(Array.from({ length: SESSIONS }, (_, i) => plantedIn(plantedSession(i + 1))).flat(), got, detect);
  expect({ sent: sent.length, leaked }).toEqual({ sent: SESSIONS, leaked: [] });
  expect(planted).toBeGreaterThan(SESSIONS * 8);
});
