/** The limits of Vectorize and of its embedding models, as their documentation has them: what breaks one is refused. */
import * as z from "zod";

export const DIMENSIONS = 64;

const short = z.string().refine((text) => new TextEncoder().encode(text).length <= 64, "has more than 64 bytes");
const vector = z.array(z.number()).length(DIMENSIONS);
const metadata = z.record(z.string(), z.unknown()).refine((value) => JSON.stringify(value).length <= 10 * 1024, "is over 10 KiB");

export const Upserted = z
  .array(z.strictObject({ id: short.min(1), values: vector, namespace: short.min(1), metadata: metadata.optional() }))
  .min(1)
  .max(1000)
  .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "names an id twice");

/** With values or metadata it gives 50 at most; neither is asked for here. */
export const Query = z.strictObject({ topK: z.int().min(1).max(100), namespace: short.min(1) });
export const Vector = vector;
export const Ids = z.array(short.min(1)).min(1).max(1000);
export const Embedding = z.strictObject({ text: z.array(z.string().min(1)).min(1).max(100) });
