import * as z from "zod";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { priceAt } from "../money/prices.ts";

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

/** Records each event once, at our prices; gives the ids that are counted, now or before, and those that are too old to be. */
export async function recordDeviceUsage(
  env: Env,
  userId: string,
  { events }: z.infer<typeof DeviceUsage>,
): Promise<{ readonly counted: string[]; readonly tooOld: string[] }> {
  const priced = events.map((event) => {
    const price = priceAt(event.model, Math.min(event.at, Date.now()));
    if (!price) throw new CloudError("model_unknown", `Event ${event.id}.`);
    return { ...event, id: `device:${event.id}`, price };
  });
  const recorded = await ledgerOf(env, userId).record(priced);
  const ids = (old: boolean) =>
    recorded.filter(({ outcome }) => (outcome === "too_old") === old).map(({ id }) => id.slice("device:".length));
  return { counted: ids(false), tooOld: ids(true) };
}
