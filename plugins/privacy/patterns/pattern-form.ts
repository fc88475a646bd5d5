/** The form of patterns and of packs of them as JSON: in files, and in the settings. */
import * as z from "zod/mini";

const text = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));
const counts = z.tuple([z.int().check(z.gte(1)), z.int().check(z.gte(1))]);
const examples = z.array(z.string().check(z.maxLength(10_000))).check(z.maxLength(1_000));

export const patternForm = z.strictObject({
  type: text(100),
  name: text(200),
  anchor: z.optional(z.union([z.literal("digits"), z.array(text(64)).check(z.minLength(1), z.maxLength(1_000))])),
  digits: z.optional(counts),
  first: z.optional(counts),
  separators: z.optional(z.array(z.enum(["", " ", "-", "."]))),
  back: z.optional(z.string().check(z.maxLength(200))),
  pattern: text(10_000),
  flags: z.optional(z.string().check(z.regex(/^[ius]{0,3}$/))),
  context: z.optional(z.array(text(64)).check(z.minLength(1))),
  check: z.optional(z.string()),
  priority: z.optional(z.number().check(z.gte(-1_000), z.lte(1_000))),
  matches: examples.check(z.minLength(1)),
  misses: examples,
});

export const packForm = z.strictObject({
  name: text(200),
  version: text(50),
  license: z.optional(text(200)),
  patterns: z.array(patternForm).check(z.minLength(1), z.maxLength(1_000)),
});
