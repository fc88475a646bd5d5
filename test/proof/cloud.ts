/** The whole cloud of this machine as one that records: its gateway, its Worker, and the stand-ins behind it. */
import { randomUUID } from "node:crypto";
import { startLocalCloud } from "../../cloud/local/start.ts";
import { definePlugin, type EscalationBrief, joinRedacted, type Redacted, redacted } from "../../kernel/index.ts";
import { escalation } from "../../plugins/escalation/index.ts";
import { escalateOver } from "../../plugins/tunnel/escalate-over.ts";
import { newCustomer } from "../escalation/customer.ts";
import { openTunnel } from "../tunnel/processes.ts";
import { type RecordingProvider, textsInFrames } from "./provider.ts";
import { Recorder } from "./recorder.ts";

/** Both kinds of provider in turn. */
const MODELS = { "llama-3.3-70b": ["council-tells-all"], "claude-sonnet": ["council-tells-all"] };
export const CLOUD_WAYS = ["quic", "h2"] as const;
export type CloudWay = (typeof CLOUD_WAYS)[number];

export async function recordingLocalCloud(way: CloudWay): Promise<RecordingProvider> {
  const recorders = { worker: new Recorder(), behind: new Recorder() };
  const cloud = await startLocalCloud({
    gateway: true,
    models: MODELS,
    between: (part, url) => (part === "worker" ? recorders.worker : recorders.behind).before(url),
  });
  const { deviceId, identity } = await newCustomer(cloud, `${way}-${randomUUID()}`);
  const { hostname: host, port } = new URL(`https://${cloud.gateway}`);
  const target = { host, port: Number(port), serverName: host, identity, pins: [], idleMs: 6_000, keepAliveMs: 750, datagramBytes: 1350 };
  const tunnel = openTunnel(deviceId, () => target, { links: [way] });
  await tunnel.connect();
  let sent: Uint8Array[] = [];
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
  return {
    plugins: [link, escalation({ beforeSending: () => {}, idleMs: 60_000, attempts: 1, pauseMs: 0 })],
    models: Object.keys(MODELS),
    taken() {
      const frames = Buffer.concat(sent);
      sent = [];
      const [worker, behind] = [recorders.worker.taken(), recorders.behind.taken()];
      for (const got of [frames, worker, behind]) if (!got.includes(RECORD)) throw new Error("Something was not recorded.");
      // What the gateway passes on are these frames.
      return { bytes: Buffer.concat([frames, worker, behind]), words: `${textsInFrames(frames)}${behind}` };
    },
    askable,
    async close() {
      await tunnel.disconnect(0);
      await cloud.close();
      await Promise.all([recorders.worker.close(), recorders.behind.close()]);
    },
  };
}

/** Stands in every question: who did not get it was not recorded. */
const RECORD = redacted`The record of the month holds`;
/** Sentences that an answer of the cloud's council may have. */
const SENTENCES = 4;

/** A council answers what its sources say: they say which tokens there are, and everything else stands around it. */
function askable(brief: EscalationBrief, tokens: readonly Redacted[]): EscalationBrief {
  const { question, passages, history = [], constraints = [] } = brief;
  const parts = Array.from({ length: SENTENCES }, (_, part) => tokens.filter((_, at) => at % SENTENCES === part));
  const record = parts.map((some) => redacted`${RECORD} ${joinRedacted(some, " ")}.`);
  return {
    ...brief,
    question: redacted`What does the record of the month hold?`,
    passages: [{ heading: redacted`Record`, text: joinRedacted(record, "\n") }, ...passages],
    history: [...history, { question, answer: joinRedacted(constraints, "\n") }],
    constraints: [],
  };
}
