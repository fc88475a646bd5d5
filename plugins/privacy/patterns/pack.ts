import { readFileSync, statSync } from "node:fs";
import type * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { Pattern } from "./pattern.ts";
import { packForm } from "./pattern-form.ts";

/** A larger file is no pack, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/**
 * The patterns of a pack's file, in the right form; whether they do what they say is for `definePatterns`.
 *
 * @throws SynesisError PATTERNS_INVALID, naming the file and its first fault.
 */
export function readPack(file: string): readonly Pattern[] {
  return patternsOfPack(readJson(file), file);
}

/** @param origin where the pack comes from, for errors. @throws SynesisError PATTERNS_INVALID */
export function patternsOfPack(value: unknown, origin: string): readonly Pattern[] {
  const result = packForm.safeParse(value);
  // The name of a check is looked up by definePatterns.
  if (result.success) return result.data.patterns as readonly Pattern[];
  throw new SynesisError("PATTERNS_INVALID", `${origin}: ${faultOf(result.error.issues[0], value)}.`);
}

function readJson(file: string): unknown {
  const refuse = (fault: string, cause: unknown) => new SynesisError("PATTERNS_INVALID", `${file}: ${fault}.`, { cause });
  let text: string;
  try {
    const stats = statSync(file);
    if (!stats.isFile() || stats.size > MAX_BYTES) throw refuse("it is no file of less than 4 MiB", undefined);
    text = readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    throw refuse(`it cannot be read (${(error as { code?: string }).code ?? "unknown"})`, error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw refuse("it is not JSON", error);
  }
}

/** Where the form is not kept: the pattern by its name where it has one, and the key. */
function faultOf(issue: z.core.$ZodIssue | undefined, value: unknown): string {
  const [list, at, ...rest] = issue?.path ?? [];
  const name = list === "patterns" && typeof at === "number" ? nameOf(value, at) : undefined;
  const keys = issue?.code === "unrecognized_keys" ? `there is no key ${issue.keys[0]}` : undefined;
  const where = (name === undefined ? (issue?.path ?? []) : rest).join(".");
  return `${name === undefined ? "" : `the pattern "${name}": `}${keys ?? `${where || "it"} is missing or not of the right form`}`;
}

function nameOf(value: unknown, at: number): string {
  const pattern = (value as { patterns: readonly unknown[] }).patterns[at];
  const name = typeof pattern === "object" && pattern !== null ? (pattern as { name?: unknown }).name : undefined;
  return typeof name === "string" ? name.slice(0, 200) : `number ${at + 1}`;
}
