/**
 * `npm run bench -- cloud`: what we add to the time that a provider is at work. A provider is at work while any call of an
 * escalation is open there: the council in the cloud asks it for proposals, all at once, and then for judgements. The text
 * of an answer is sent when the council has agreed on it, so its first piece comes close to its last.
 */
import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { usageCloud } from "../../bin/services/cloud/usage-cloud.ts";
import { startLocalCloud } from "../../cloud/local/start.ts";
import { CloudApi } from "../../plugins/account/index.ts";
import { LedgerStore, syncUsage } from "../../plugins/billing/index.ts";
import { type AskedElsewhere, CloudUser, PASSAGES, QUESTION } from "./cloud-user.ts";
import { benchDirectStream } from "./direct-stream.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const ROUNDS = 20;
const RECEIPTS = 100;
const MODEL = "llama-3.3-70b";
const PROVIDER = join(import.meta.dirname, "timed-provider.process.ts");

export async function benchCloud(): Promise<BenchRow[]> {
  const child = fork(PROVIDER, { silent: true });
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const provider = `http://127.0.0.1:${String(port).trim()}`;
  const vars = {
    PROVIDERS: JSON.stringify([{ name: "timed", baseUrl: `${provider}/paced/v1`, models: { [MODEL]: MODEL } }]),
    PROVIDER_KEYS: JSON.stringify({ timed: "key" }),
  };
  const cloud = await startLocalCloud({ gateway: true, vars });
  try {
    const [quic, h2] = [await CloudUser.signIn(cloud, "quic"), await CloudUser.signIn(cloud, "h2")];
    const rows = await benchEscalations({ quic, h2 }, provider, cloud.url);
    rows.push(await benchSync(await CloudUser.key(cloud, "byok"), cloud.url));
    await Promise.all([quic.close(), h2.close()]);
    return [...rows, ...(await benchDirectStream(provider))];
  } finally {
    await cloud.close();
    child.kill();
  }
}

/** Beyond the provider's work, in ms; and that work's share of the whole. */
interface Added {
  readonly first: number[];
  readonly whole: number[];
  readonly share: number[];
  /** Beyond the time in which the Worker had a call open, where it tells that. */
  readonly own: number[];
}

/** Over both links and straight to the Worker, in turn. */
async function benchEscalations(
  users: { readonly quic: CloudUser; readonly h2: CloudUser },
  provider: string,
  url: string,
): Promise<BenchRow[]> {
  const ways: Record<string, () => Promise<AskedElsewhere & { readonly providerMs?: number }>> = {
    quic: () => users.quic.ask(MODEL),
    h2: () => users.h2.ask(MODEL),
    Worker: () => askWorker(url, users.h2.key),
  };
  const added: Record<string, Added> = {};
  await busyMs(provider);
  for (let round = 0; round <= ROUNDS; round += 1)
    for (const [way, ask] of Object.entries(ways)) {
      const { firstMs, ms, providerMs } = await ask();
      const busy = await busyMs(provider);
      if (round === 0) continue; // it warms up
      added[way] ??= { first: [], whole: [], share: [], own: [] };
      added[way].first.push(firstMs - busy);
      added[way].whole.push(ms - busy);
      added[way].share.push(busy / ms);
      if (providerMs !== undefined) added[way].own.push(ms - providerMs);
    }
  const rowsOf = (way: string, { first, whole, share }: Added): BenchRow[] => [
    { name: `ms until the answer's first piece, ${way}`, peer: "provider's work", ratio: median(first), wanted: "under 50 more" },
    { name: `ms of the whole escalation, ${way}`, peer: "provider's work", ratio: median(whole), wanted: "under 100 more" },
    { name: `stream of an answer, ${way}, as speed`, peer: "provider's work", ratio: median(share), wanted: "at least 0.8" },
  ];
  const { Worker, ...links } = added;
  return [
    ...Object.entries(links).flatMap(([way, times]) => rowsOf(way, times)),
    { name: "ms of the Worker's own part", peer: "its calls of providers", ratio: median(Worker?.own ?? []), wanted: "under 20 more" },
    { name: "the same and its way to the provider", peer: "provider's work", ratio: median(Worker?.whole ?? []), wanted: "" },
  ];
}

async function busyMs(provider: string): Promise<number> {
  return ((await (await fetch(provider)).json()) as { busyMs: number }).busyMs;
}

/** The same question by plain HTTP. */
async function askWorker(url: string, key: string): Promise<AskedElsewhere & { readonly providerMs: number }> {
  const began = performance.now();
  const response = await fetch(new URL("/v1/escalations", url), {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ requestId: randomUUID(), question: QUESTION, passages: PASSAGES, model: MODEL, stream: true }),
  });
  const events = await response.text();
  if (!events.includes('"outcome":"answered"')) throw new Error(`no answer: ${response.status} ${events.slice(-500)}`);
  const ms = performance.now() - began;
  return { firstMs: ms, ms, providerMs: Number(/"providerMs":(\d+)/.exec(events)?.[1]) };
}

/** What waits is told to the cloud, and its statement is kept. */
async function benchSync(key: string, url: string): Promise<BenchRow> {
  const home = mkdtempSync(join(tmpdir(), "bench-sync-"));
  const store = new LedgerStore(home);
  const cloud = usageCloud(new CloudApi({ url, key }), "bench");
  const times: number[] = [];
  try {
    for (let round = 0; round <= ROUNDS; round += 1) {
      for (let i = 0; i < RECEIPTS; i += 1) {
        const receipt = { requestId: randomUUID(), at: Date.now(), via: "direct", model: MODEL, tokens: { in: 100, out: 10 } } as const;
        store.record({ ...receipt, nanoDollars: 1000, chargeNanoDollars: 0 }, "bench");
      }
      const began = performance.now();
      await syncUsage(store, cloud, new AbortController().signal);
      if (round > 0) times.push(performance.now() - began);
      if (store.queue("bench").requests > 0) throw new Error("receipts are left");
    }
  } finally {
    store.close();
    rmSync(home, { recursive: true });
  }
  return { name: `balance sync with ${RECEIPTS} receipts, ms`, peer: "none", ratio: median(times), wanted: "under 500" };
}
