/** Runs the billing proof: ledgers in workerd, a stand-in for Stripe that fails, and the sums on both sides. */
import { createTestHarness, type TestHarness } from "wrangler";
import { FakeStripe, type Fate } from "../../fakes/stripe/server.ts";
import { withStoresInMemory } from "../../local/stores-in-memory.ts";
import type { Balance, DayUsage } from "../ledger/ledger.ts";
import type { Driven } from "./billing-proof.ts";
import { randomOf } from "./random-usage.ts";

export interface ProofOptions {
  readonly events: number;
  readonly ledgers: number;
  readonly seed: number;
  /** How much faster than the wall clock the ledgers' and Stripe's time goes. */
  readonly speed: number;
  /** For how long, in ms of the wall clock, some customers' reports get no answer at all. */
  readonly outage: number;
  /** Of the measurement of calls. */
  readonly rounds: number;
  readonly callsPerRound: number;
}

export interface ProofFigures {
  readonly events: number;
  readonly calls: number;
  readonly repeats: number;
  readonly crashes: number;
  readonly flushes: number;
  readonly stripeRequests: Readonly<Record<Fate | "summaries", number>>;
  /** Nano-dollars: what the charges must be, and what the ledgers and Stripe make of them. */
  readonly expected: string;
  readonly counted: string;
  readonly fromCredits: string;
  readonly billed: string;
  readonly remainder: string;
  readonly stripe: string;
  readonly secondsDriving: number;
  /** With stores that wait for the disk, as a platform's do, and in memory, where the processor's work alone counts. */
  readonly throughput: { readonly onDisk: Throughput; readonly inMemory: Throughput };
  /** What does not agree; empty when all does. */
  readonly wrong: readonly string[];
}

/** Calls a second; the ratio is the median of the rounds'. */
interface Throughput {
  readonly bare: number;
  readonly ledger: number;
  readonly ratio: number;
}

// Nothing outside is asked, and no traces are kept.
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] ??= "false";
process.env["X_LOCAL_OBSERVABILITY"] ??= "false";

const SECRET = "sk_test_proof";
const SLICE = 4000;
const NANO_PER_CENT = 10_000_000n;

export async function proveBilling(options: ProofOptions): Promise<ProofFigures> {
  const onDisk = await measureOnDisk(options);
  const epoch = Date.now();
  const requests: Record<Fate | "summaries", number> = { answered: 0, lost_answer: 0, lost_request: 0, busy: 0, broken: 0, summaries: 0 };
  const fate = fates(options, epoch);
  let failing = true;
  const stripe = new FakeStripe({
    secretKey: SECRET,
    now: () => Math.floor((epoch + (Date.now() - epoch) * options.speed) / 1000),
    fate: (name, customer) => {
      const chosen = failing ? fate(customer) : "answered";
      requests[chosen] += 1;
      if (name.startsWith("GET")) requests.summaries += 1;
      return chosen;
    },
  });
  stripe.store.anyCustomer = true;
  const server = harness(epoch, options.speed, await stripe.listen());
  try {
    await withStoresInMemory(() => server.listen());
    const get = getter(server);
    const throughput = { onDisk, inMemory: await measure(get, options) };
    const begun = Date.now();
    const driven = await driveAll(get, options);
    const secondsDriving = (Date.now() - begun) / 1000;
    failing = false;
    const balances = await drain(get, options.ledgers, stripe);
    return { ...figures(options, driven, balances, stripe), stripeRequests: requests, secondsDriving, throughput };
  } finally {
    await server.close();
    await stripe.close();
  }
}

function harness(epoch: number, speed: number, stripe: string): TestHarness {
  const vars = {
    PROOF_EPOCH: String(epoch),
    PROOF_SPEED: String(speed),
    STRIPE_SECRET_KEY: SECRET,
    STRIPE_METER_ID: "mtr_1",
    STRIPE_METER_EVENT: "usage_cents",
    STRIPE_BASE_URL: stripe,
  };
  return createTestHarness({ workers: [{ configPath: new URL("./wrangler.jsonc", import.meta.url), vars }] });
}

/** Nobody is billed there, so Stripe is not asked. */
async function measureOnDisk(options: ProofOptions): Promise<Throughput> {
  const server = harness(Date.now(), options.speed, "http://127.0.0.1:1");
  try {
    await server.listen();
    return await measure(getter(server), options);
  } finally {
    await server.close();
  }
}

type Get = <T>(path: string) => Promise<T>;

function getter(server: TestHarness): Get {
  return async <T>(path: string) => {
    const response = await server.fetch(path);
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
}
type LedgerState = Balance & { readonly statement: readonly DayUsage[] };
type AllDriven = ReadonlyMap<number, readonly Driven[]>;

/** A fifth of the customers loses every answer for a while, a fifth every request; the others fail at random, half the time. */
function fates({ outage, seed }: ProofOptions, epoch: number): (customer: string) => Fate {
  const random = randomOf(seed);
  return (customer) => {
    const number = Number(customer.replace("cus_", ""));
    if (Date.now() - epoch < outage && number % 5 < 2) return number % 5 === 0 ? "lost_answer" : "lost_request";
    const draw = random();
    return draw < 0.15 ? "lost_answer" : draw < 0.3 ? "lost_request" : draw < 0.4 ? "busy" : draw < 0.5 ? "broken" : "answered";
  };
}

async function measure(get: Get, { rounds, callsPerRound: calls }: ProofOptions): Promise<Throughput> {
  const times: { bare: number; ledger: number }[] = [];
  for (let round = 0; round <= rounds; round++) {
    const time = await get<{ bare: number; ledger: number }>(`/throughput?calls=${calls}&round=${round}`);
    if (round > 0) times.push(time);
  }
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  return {
    bare: Math.round((calls / median(times.map(({ bare }) => bare))) * 1000),
    ledger: Math.round((calls / median(times.map(({ ledger }) => ledger))) * 1000),
    ratio: median(times.map(({ bare, ledger }) => bare / ledger)),
  };
}

async function driveAll(get: Get, { events, ledgers, seed }: ProofOptions): Promise<AllDriven> {
  const driven = new Map<number, Driven[]>();
  const share = Math.ceil(events / ledgers);
  const driveOne = async (ledger: number) => {
    const mine: Driven[] = [];
    driven.set(ledger, mine);
    const total = Math.min(share, events - ledger * share);
    for (let from = 0; from < total; from += SLICE) {
      const count = Math.min(SLICE, total - from);
      mine.push(await get<Driven>(`/drive?ledger=${ledger}&from=${from}&count=${count}&seed=${seed + ledger * 1_000_003 + from}`));
    }
  };
  const waiting = Array.from({ length: ledgers }, (_, ledger) => ledger);
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await driveOne(next);
    }),
  );
  return driven;
}

/** Waits until every ledger's billed sum is what Stripe has counted; gives up when nothing changes for long. */
async function drain(get: Get, ledgers: number, stripe: FakeStripe): Promise<LedgerState[]> {
  const until = Date.now() + 150_000;
  for (;;) {
    const states = await Promise.all(Array.from({ length: ledgers }, (_, ledger) => get<LedgerState>(`/state?ledger=${ledger}`)));
    const billed = states.reduce((sum, state) => sum + BigInt(state.billed), 0n);
    if (billed === stripeSum(stripe) || Date.now() > until) return states;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

function stripeSum({ store }: FakeStripe): bigint {
  return store.counted.reduce((sum, { cents }) => sum + BigInt(cents), 0n) * NANO_PER_CENT;
}

function figures({ events }: ProofOptions, all: AllDriven, states: readonly LedgerState[], stripe: FakeStripe) {
  const driven = [...all.values()].flat();
  const sum = (values: readonly (number | string)[]) => values.reduce<bigint>((total, value) => total + BigInt(value), 0n);
  const wrong: string[] = [];
  for (const [ledger, state] of states.entries()) {
    const mine = all.get(ledger) ?? [];
    const charge = sum(mine.map((one) => one.charge));
    const fromCredits = sum(mine.map((one) => one.credits)) - BigInt(state.credits);
    const atStripe =
      sum(stripe.store.counted.filter(({ customer }) => customer === `cus_${ledger}`).map(({ cents }) => cents)) * NANO_PER_CENT;
    const check = (what: string, is: bigint, shouldBe: bigint) =>
      is !== shouldBe && wrong.push(`ledger ${ledger}: ${what} ${is}, not ${shouldBe}`);
    check("charges of the statement", sum(state.statement.map((day) => day.charge)), charge);
    check("billed and remainder", BigInt(state.billed) + BigInt(state.unbilled), charge - fromCredits);
    check("counted by Stripe", atStripe, BigInt(state.billed));
  }
  const calls = states.flatMap(({ statement }) => statement.map((day) => day.calls)).reduce((a, b) => a + b, 0);
  if (calls !== events) wrong.push(`${calls} events are counted, not ${events}`);
  return {
    events,
    calls: driven.reduce((total, one) => total + one.calls, 0),
    repeats: driven.reduce((total, one) => total + one.repeats, 0),
    crashes: driven.reduce((total, one) => total + one.crashes, 0),
    flushes: stripe.store.counted.length,
    expected: String(sum(driven.map((one) => one.charge))),
    counted: String(sum(states.flatMap(({ statement }) => statement.map((day) => day.charge)))),
    fromCredits: String(sum(driven.map((one) => one.credits)) - sum(states.map((state) => state.credits))),
    billed: String(sum(states.map((state) => state.billed))),
    remainder: String(sum(states.map((state) => state.unbilled))),
    stripe: String(stripeSum(stripe)),
    wrong,
  };
}
