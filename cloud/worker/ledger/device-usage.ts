import * as z from "zod";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { modelNamed } from "../money/model-names.ts";
import { priceAt } from "../money/prices.ts";
import type { UsageEvent } from "./record.ts";

const count = z.int().min(0).max(100_000_000);

/** Events of calls that the user's own key paid for, as a device counted them. */
export const DeviceUsage = z.strictObject({
  events: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[\w.-]{8,100}$/),
        at: z.int().min(0),
        model: z.string().max(100),
        tokens: z.strictObject({ in: count, out: count }),
      }),
    )
    .min(1)
    .max(200),
});

/** What became of events, by their ids: counted now or before; too old to be; of models that have no price here. */
export const DeviceUsageOutcome = z.object({ counted: z.array(z.string()), tooOld: z.array(z.string()), unknown: z.array(z.string()) });

const PREFIX = "device:";

/** Records each event once, at our prices for what the provider calls its model. @throws CloudError wrong_tier but on byok */
export async function recordDeviceUsage(
  env: Env,
  userId: string,
  { events }: z.infer<typeof DeviceUsage>,
): Promise<z.infer<typeof DeviceUsageOutcome>> {
  const priced = events.map(pricedEvent);
  const known = priced.flatMap((event) => (typeof event === "string" ? [] : [event]));
  const recorded = await ledgerOf(env, userId).recordDeviceUsage(known);
  if (!recorded) throw new CloudError("wrong_tier", "Only on byok does a device tell what its own key has paid.");
  const ids = (old: boolean) => recorded.filter(({ outcome }) => (outcome === "too_old") === old).map(({ id }) => id.slice(PREFIX.length));
  return { counted: ids(false), tooOld: ids(true), unknown: priced.filter((event) => typeof event === "string") };
}

/** The event as the ledger has it; its id where its model is not known. */
function pricedEvent({ id, at, model: name, tokens }: z.infer<typeof DeviceUsage>["events"][number]): UsageEvent | string {
  const when = Math.min(at, Date.now());
  const model = modelNamed(name, when);
  const price = model === undefined ? undefined : priceAt(model, when);
  return model === undefined || !price ? id : { id: PREFIX + id, at, model, tokens, price };
}
