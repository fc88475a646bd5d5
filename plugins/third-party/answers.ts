/**
 * What sandboxed plugins may answer, checked before anything relies on it: shape, length, range. Every check throws a
 * SandboxFault that says what was wrong and quotes nothing.
 */
import * as z from "zod/mini";
import type { Span } from "../../kernel/index.ts";
import { SandboxFault } from "./fault.ts";
import { MAX_TEXT } from "./pieces.ts";

const text = (length: number) => z.string().check(z.maxLength(length));
const texts = z.array(text(500)).check(z.maxLength(20));
const count = z.int().check(z.gte(0));

const span = z.object({ start: count, end: count, type: text(100), priority: z.optional(z.number().check(z.gte(-1000), z.lte(1000))) });

const ballot = z.object({
  /** Absent only where the ballot abstains. */
  approval: z.optional(z.number().check(z.gte(0), z.lte(1))),
  reason: text(500),
  objections: z.optional(texts),
  warnings: z.optional(texts),
  abstains: z.optional(z.boolean()),
  veto: z.optional(z.object({ rule: text(100), reason: text(500) })),
});

const passage = z.union([
  z.object({ id: z.int(), score: z.optional(z.number()) }),
  z.object({ path: text(500), title: text(500), heading: z.optional(text(500)), text: text(20_000), score: z.optional(z.number()) }),
]);
const passages = z.array(passage).check(z.maxLength(200));

const escalation = z.object({ text: text(1_000_000), model: text(200), tokens: z.object({ in: count, out: count }) });

const generated = z.object({
  text: text(MAX_TEXT),
  tokens: z.optional(z.object({ in: count, out: count })),
  finish: z.optional(z.enum(["stop", "length"])),
});

export type GivenText = z.infer<typeof generated>;
export type GivenBallot = z.infer<typeof ballot>;
export type GivenPassage = z.infer<typeof passage>;
export type GivenEscalation = z.infer<typeof escalation>;

export const generatedOf = (value: unknown): GivenText => checked(generated, value, "its text");
export const escalationOf = (value: unknown): GivenEscalation => checked(escalation, value, "its answer");

export function ballotOf(value: unknown): GivenBallot & { readonly approval: number } {
  const given = checked(ballot, value, "its ballot");
  const { approval, abstains, veto } = given;
  if (abstains && veto) throw new SandboxFault("its ballot abstains and vetoes");
  if (approval === undefined && !abstains) throw new SandboxFault("its ballot does not have the right form (approval)");
  return { ...given, approval: approval ?? 0 };
}

/** @param known the passages that it was given, by id. */
export function passagesOf(value: unknown, known: ReadonlyMap<number, unknown>): GivenPassage[] {
  const given = checked(passages, value, "its list of passages");
  if (given.some((one) => "id" in one && !known.has(one.id))) throw new SandboxFault("it names a passage that it was not given");
  return given;
}

/** @param length of the text that the spans lie in. */
export function spansOf(value: unknown, length: number, types: readonly string[]): Span[] {
  const spans = checked(z.array(span).check(z.maxLength(100_000)), value, "its list of spans");
  if (spans.some(({ start, end }) => start >= end || end > length)) throw new SandboxFault("its spans lie outside the text");
  if (spans.some(({ type }) => !types.includes(type))) throw new SandboxFault("its spans have a type that it did not declare");
  return spans.map(({ start, end, type, priority }) => (priority === undefined ? { start, end, type } : { start, end, type, priority }));
}

/** One vector a text, each of unit length. */
export function vectorsOf(value: unknown, texts: number, dimensions: number): Float32Array[] {
  const form = z.array(z.array(z.number()).check(z.length(dimensions))).check(z.length(texts));
  return checked(form, value, "its vectors").map((numbers) => {
    const norm = Math.hypot(...numbers);
    if (!(norm > 0 && Number.isFinite(norm))) throw new SandboxFault("its vectors have no length");
    return Float32Array.from(numbers, (number) => number / norm);
  });
}

function checked<T>(form: z.ZodMiniType<T>, value: unknown, what: string): T {
  const result = form.safeParse(value);
  if (result.success) return result.data;
  const place = result.error.issues[0]?.path.map((part) => (typeof part === "number" ? part : String(part).slice(0, 40))).join(".");
  throw new SandboxFault(`${what} does not have the right form${place ? ` (${place})` : ""}`);
}
