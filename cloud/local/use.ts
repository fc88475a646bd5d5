/** Usage without a provider, for tests: what an account has used before they begin. */
import type { UsageEvent } from "../worker/ledger/record.ts";
import type { TokenCount } from "../worker/money/price-call.ts";
import { priceAt } from "../worker/money/prices.ts";
import type { LocalCloud } from "./start.ts";

/** The Worker's bindings, as far as they are needed here. */
interface Bindings {
  readonly DATABASE: { prepare(sql: string): { bind(value: string): { first<T>(): Promise<T | null> } } };
  readonly BILLING_LEDGER: { getByName(name: string): { record(events: readonly UsageEvent[]): Promise<unknown> } };
}

/** Charges the user with this address for one call of a model, on the tier that they have. */
export async function use(cloud: LocalCloud, email: string, model: string, tokens: TokenCount): Promise<void> {
  const { DATABASE, BILLING_LEDGER } = await cloud.server.getWorker<Bindings>().getEnv();
  const user = await DATABASE.prepare("SELECT id FROM user WHERE email = ?").bind(email).first<{ id: string }>();
  const price = priceAt(model, Date.now());
  if (!user || !price) throw new Error(`no such user, or no such model: ${email}, ${model}`);
  await BILLING_LEDGER.getByName(user.id).record([{ id: crypto.randomUUID(), at: Date.now(), model, tokens, price }]);
}
