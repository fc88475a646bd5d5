/**
 * The Worker of the billing proof. It drives ledgers from inside workerd with usage that is sent twice, out of order, and
 * into objects that are ended in the middle of it, and measures their calls against an object that only writes one row.
 */
import { DurableObject } from "cloudflare:workers";
import { BillingLedger } from "../ledger/billing-ledger.object.ts";
import type { StripeSettings } from "../payments/stripe.ts";
import { expectedCharge, type Random, randomEvent, randomOf } from "./random-usage.ts";

interface ProofEnv extends StripeSettings {
  readonly LEDGER: DurableObjectNamespace<ProofLedger>;
  readonly BARE: DurableObjectNamespace<BareObject>;
  /** Ms since 1970 at which the proof's clock starts, and how much faster it runs. */
  readonly PROOF_EPOCH: string;
  readonly PROOF_SPEED: string;
}

/** A ledger whose days pass faster. */
export class ProofLedger extends BillingLedger {
  protected override now(): number {
    return clockOf(this.env as ProofEnv).now();
  }

  protected override wallClock(time: number): number {
    return clockOf(this.env as ProofEnv).wall(time);
  }

  crash(): void {
    this.ctx.abort("crashed on purpose");
  }
}

export class BareObject extends DurableObject {
  constructor(ctx: DurableObjectState, env: unknown) {
    super(ctx, env as never);
    ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS row (id TEXT PRIMARY KEY, at INTEGER) WITHOUT ROWID");
  }

  write(id: string): void {
    this.ctx.storage.sql.exec("INSERT INTO row VALUES (?, ?)", id, Date.now());
  }
}

function clockOf({ PROOF_EPOCH, PROOF_SPEED }: ProofEnv) {
  const epoch = Number(PROOF_EPOCH);
  const speed = Number(PROOF_SPEED);
  return {
    now: () => Math.floor(epoch + (Date.now() - epoch) * speed),
    wall: (time: number) => Math.ceil(epoch + (time - epoch) / speed),
  };
}

const TIERS = ["managed", "byok"] as const;
const PERCENT = { managed: 103n, byok: 30n };
const BATCH = 8;
const IN_FLIGHT = 24;
const AGAIN = 0.2;
const CRASH = 0.004;
const HIGH_CEILING = 2 ** 52;

export interface Drive {
  readonly ledger: number;
  readonly from: number;
  readonly count: number;
  readonly seed: number;
}

export interface Driven {
  readonly charge: string;
  readonly credits: string;
  readonly calls: number;
  readonly repeats: number;
  readonly crashes: number;
}

/** Sends `count` events to one ledger, and says what they must come to. */
async function drive(env: ProofEnv, { ledger, from, count, seed }: Drive): Promise<Driven> {
  const random = randomOf(seed);
  const tier = TIERS[ledger % TIERS.length] ?? "managed";
  const at = clockOf(env).now();
  const work: (() => Promise<unknown>)[] = [];
  let charge = 0n;
  let repeats = 0;
  let crashes = 0;
  if (from === 0) await prepare(env, ledger, tier);
  for (let n = from; n < from + count; ) {
    const size = Math.min(1 + Math.floor(random() * BATCH), from + count - n);
    const events = Array.from({ length: size }, (_, i) => randomEvent(random, `e${n + i}`, at - Math.floor(random() * 86_400_000)));
    for (const event of events) charge += expectedCharge(event, PERCENT[tier]);
    const send = random() < 0.7 ? () => stub(env, ledger).record(events) : () => request(env, ledger, `r${n}`, events);
    const times = random() < AGAIN ? 2 + Math.floor(random() * 2) : 1;
    for (let i = 0; i < times; i++) work.push(() => untilAnswered(send));
    repeats += times - 1;
    if (random() < CRASH) {
      crashes += 1;
      work.push(() =>
        stub(env, ledger)
          .crash()
          .catch(() => undefined),
      );
    }
    n += size;
  }
  const cents = Math.floor(random() * 300);
  const credit = () => stub(env, ledger).move({ id: `credit-${from}`, kind: "credit", cents });
  for (let i = 0; i < 2; i++) work.push(() => untilAnswered(credit));
  await inParallel(shuffled(work, random));
  return { charge: String(charge), credits: String(BigInt(cents) * 10_000_000n), calls: work.length, repeats, crashes };
}

async function prepare(env: ProofEnv, ledger: number, tier: (typeof TIERS)[number]): Promise<void> {
  await untilAnswered(() => stub(env, ledger).setTier(tier));
  await untilAnswered(() => stub(env, ledger).setCeiling(HIGH_CEILING));
  await untilAnswered(() => stub(env, ledger).setCustomer(`cus_${ledger}`));
}

/** A request: a hold, its work, a settlement. */
async function request(env: ProofEnv, ledger: number, id: string, events: readonly ReturnType<typeof randomEvent>[]): Promise<void> {
  await stub(env, ledger).hold({ id, most: events, expiresIn: 60_000 });
  await stub(env, ledger).settle(id, events);
}

const stub = (env: ProofEnv, ledger: number) => env.LEDGER.getByName(`ledger-${ledger}`);

/** A call whose outcome is unknown is made again, as a caller would. */
async function untilAnswered(call: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await call();
      return;
    } catch (error) {
      if (attempt >= 50) throw error;
      await scheduler.wait(attempt);
    }
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const order = [...items];
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [order[i], order[j]] = [order[j] as T, order[i] as T];
  }
  return order;
}

async function inParallel(work: (() => Promise<unknown>)[]): Promise<void> {
  await Promise.all(
    Array.from({ length: IN_FLIGHT }, async () => {
      for (let next = work.pop(); next; next = work.pop()) await next();
    }),
  );
}

/** Ms that so many calls take, to an object that only writes one row and to a ledger. */
async function throughput(env: ProofEnv, calls: number, round: number): Promise<{ bare: number; ledger: number }> {
  const bare = env.BARE.getByName("bare");
  const ledger = stub(env, 1_000_000);
  const random = randomOf(round);
  const events = Array.from({ length: calls }, (_, n) => randomEvent(random, `t${round}-${n}`, clockOf(env).now()));
  const time = async (call: (n: number) => Promise<unknown>) => {
    const begun = Date.now();
    await inParallel(Array.from({ length: calls }, (_, n) => () => call(n)));
    return Date.now() - begun;
  };
  const bareMs = await time((n) => bare.write(`${round}-${n}`));
  return { bare: bareMs, ledger: await time((n) => ledger.record([events[n] as (typeof events)[number]])) };
}

export default {
  async fetch(request: Request, env: ProofEnv): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const number = (name: string) => Number(searchParams.get(name));
    if (pathname === "/drive") {
      const [ledger, from, count, seed] = [number("ledger"), number("from"), number("count"), number("seed")];
      return Response.json(await drive(env, { ledger, from, count, seed }));
    }
    if (pathname === "/throughput") return Response.json(await throughput(env, number("calls"), number("round")));
    const balance = await stub(env, number("ledger")).balance();
    const statement = await stub(env, number("ledger")).statement(400);
    return Response.json({ ...balance, statement });
  },
};
