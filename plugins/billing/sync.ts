/** Tells the cloud what the user's own key has paid, once: the cloud knows every receipt by its id. */
import { type Receipt, SynesisError } from "../../kernel/index.ts";
import type { Entry, LedgerStore, Statement } from "./ledger.ts";

/** What a receipt says to the cloud, which has its own prices. */
export interface UsageEvent {
  readonly id: string;
  readonly at: number;
  readonly model: string;
  readonly tokens: { readonly in: number; readonly out: number };
}

/** The cloud as one account sees it. Whatever a member throws, nothing is lost: it is tried again another time. */
export interface UsageCloud {
  readonly account: string;
  /** Either every event is settled, or the cloud would take none of them. */
  send(
    events: readonly UsageEvent[],
    signal: AbortSignal,
  ): Promise<
    | { readonly counted: readonly string[]; readonly tooOld: readonly string[]; readonly unknown: readonly string[] }
    | { readonly refused: string }
  >;
  statement(signal: AbortSignal): Promise<Omit<Statement, "account">>;
  /** What one request came to. */
  request(id: string, signal: AbortSignal): Promise<RequestCost>;
}

/** `unknown`: the cloud has nothing of it. `open`: it is at work, or is not settled yet. */
export type RequestCost =
  | { readonly state: "open" | "unknown" }
  | ({ readonly state: "settled" } & Pick<Receipt, "at" | "model" | "tokens" | "nanoDollars" | "chargeNanoDollars">);

/** After this time a request that the cloud does not know will cost nothing any more; ms. */
const FORGOTTEN_MS = 30 * 60_000;

/** The cloud takes so many at once. */
const BATCH = 200;

/** Sends what waits; gives the cloud's statement after it. Processes may do this at the same time. */
export async function syncUsage(store: LedgerStore, cloud: UsageCloud, signal: AbortSignal): Promise<Statement> {
  await askUnfinished(store, cloud, signal);
  const before = await statementOf(store, cloud, signal);
  if (before.tier !== "byok") store.keepQueued(cloud.account);
  if (store.queue(cloud.account).requests === 0) return before;
  for (;;) {
    const batch = store.queued(cloud.account, BATCH);
    if (batch.length === 0) return statementOf(store, cloud, signal);
    await sendAll(store, cloud, batch, signal);
  }
}

/** What was charged for requests whose end this machine has missed. */
async function askUnfinished(store: LedgerStore, cloud: UsageCloud, signal: AbortSignal): Promise<void> {
  for (const { requestId, at, adapter, project } of store.unfinished(cloud.account)) {
    const found = await cloud.request(requestId, signal);
    if (found.state === "unknown" && at < Date.now() - FORGOTTEN_MS) store.drop(requestId);
    if (found.state !== "settled") continue;
    const { state: _, ...figures } = found;
    const receipt = { requestId, via: "cloud", ...figures, ...(adapter && { adapter }), ...(project && { project }) } as const;
    store.record(receipt, cloud.account, "found at the cloud: the command had ended before it could say so");
  }
}

/** One event that the cloud does not take must not hold up the others: a refused batch is halved. */
async function sendAll(store: LedgerStore, cloud: UsageCloud, batch: readonly Entry[], signal: AbortSignal): Promise<void> {
  const answer = await cloud.send(
    batch.map(({ requestId: id, at, model, tokens }) => ({ id, at, model, tokens })),
    signal,
  );
  if (!("refused" in answer)) {
    const ids = new Set([...answer.counted, ...answer.tooOld, ...answer.unknown]);
    if (!batch.some(({ requestId }) => ids.has(requestId)))
      throw new SynesisError("CLOUD_FAILED", "(it counted nothing of what it was sent)");
    store.settle(answer.counted, "counted");
    store.settle(answer.tooOld, "refused", "too old");
    store.settle(answer.unknown, "refused", "the cloud has no price of this model");
    return;
  }
  if (batch.length === 1) return store.settle([(batch[0] as Entry).requestId], "refused", answer.refused);
  const half = Math.ceil(batch.length / 2);
  await sendAll(store, cloud, batch.slice(0, half), signal);
  await sendAll(store, cloud, batch.slice(half), signal);
}

async function statementOf(store: LedgerStore, cloud: UsageCloud, signal: AbortSignal): Promise<Statement> {
  const statement = { account: cloud.account, ...(await cloud.statement(signal)) };
  store.keepStatement(statement);
  return statement;
}

export interface SyncWhen {
  /** What has waited so long is sent. */
  readonly seconds: number;
  /** Or what has cost so much, in nano-dollars. */
  readonly nanoDollars: number;
}

export function isDue(store: LedgerStore, account: string, { seconds, nanoDollars }: SyncWhen, now: number): boolean {
  const { requests, cost, since } = store.queue(account);
  return requests > 0 && (cost >= nanoDollars || (since !== null && since <= now - seconds * 1000));
}
