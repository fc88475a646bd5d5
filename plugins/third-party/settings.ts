/** What a user can set of a plugin: its package says which keys there are and what they may be, in JSON Schema's words. */
import * as z from "zod/mini";
import { SynesisError } from "../../kernel/index.ts";
import { describeIssue } from "../../pipeline/text/issue.ts";
import type { Manifest } from "./manifest.ts";

const description = z.string().check(z.maxLength(300));
const text = z.string().check(z.maxLength(4_096));
const texts = z.array(text).check(z.maxLength(1_000));

/** One setting. No regular expressions: a stranger's could hold the program up. */
const setting = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("boolean"), description, default: z.boolean() }),
  z.strictObject({ type: z.literal("string"), description, default: text, enum: z.optional(texts) }),
  z.strictObject({
    type: z.enum(["number", "integer"]),
    description,
    default: z.number(),
    minimum: z.optional(z.number()),
    maximum: z.optional(z.number()),
  }),
  z.strictObject({ type: z.literal("array"), description, default: texts, items: z.strictObject({ type: z.literal("string") }) }),
]);
export type Setting = z.infer<typeof setting>;

/** The settings of a plugin, by key; every default keeps what the setting itself asks for. */
export const settingsForm = z.record(
  // A name such as "constructor" is one that every object has, set or not.
  z.string().check(
    z.regex(/^[A-Za-z][\w-]{0,63}$/),
    z.refine((key) => !(key in {})),
  ),
  setting.check(z.refine((one) => formOf(one).safeParse(one.default).success, { path: ["default"] })),
);

/** Values of a plugin's settings: data, given to its code. */
export type SettingValues = Readonly<Record<string, unknown>>;

/**
 * Every setting with its value: what was given, else its default.
 *
 * @param given the part of config.json that is the plugin's.
 * @throws SynesisError CONFIG_INVALID or CONFIG_KEY_UNKNOWN, naming the key
 */
export function settingValues({ name, settings }: Pick<Manifest, "name" | "settings">, given: SettingValues = {}): SettingValues {
  const entries = Object.entries(settings).map(([key, one]) => [key, z._default(formOf(one), one.default as never)] as const);
  const result = z.strictObject(Object.fromEntries(entries)).safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const key = ["plugins.settings", name, ...(issue?.path ?? [])].join(".");
  if (issue?.code !== "unrecognized_keys") throw new SynesisError("CONFIG_INVALID", `${key}: ${describeIssue(issue)}.`);
  throw new SynesisError("CONFIG_KEY_UNKNOWN", `(${key}.${issue.keys[0]})`, {
    next: `\`synesis plugins inspect ${name}\` shows what can be set.`,
  });
}

function formOf(one: Setting): z.ZodMiniType {
  if (one.type === "boolean") return z.boolean();
  if (one.type === "string") return one.enum ? z.enum(one.enum) : text;
  if (one.type === "array") return texts;
  const { minimum = -Number.MAX_VALUE, maximum = Number.MAX_VALUE } = one;
  return (one.type === "integer" ? z.int() : z.number()).check(z.gte(minimum), z.lte(maximum));
}
