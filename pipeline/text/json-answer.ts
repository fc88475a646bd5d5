/** A model's text as the JSON value that was asked for. */

/** Says whether a value keeps a JSON Schema. */
export type Keeps = (value: unknown) => boolean;

/** The same schema is asked for by all who judge, and looked at where an answer comes in and where it is used. */
const compiled = new WeakMap<object, Keeps>();

/** @param schema a JSON Schema of the program's own, which does not change. */
export async function compileSchema(schema: Readonly<Record<string, unknown>>): Promise<Keeps> {
  const known = compiled.get(schema);
  if (known) return known;
  const { fromJSONSchema } = await import("./json-schema.ts"); // some 40 ms, so only where it is needed
  const checker = fromJSONSchema(schema as Parameters<typeof fromJSONSchema>[0]);
  const keeps: Keeps = (value) => checker.safeParse(value).success;
  compiled.set(schema, keeps);
  return keeps;
}

/**
 * The JSON value in a text, as JSON without white space; undefined when there is none that keeps the schema. What
 * models like to put around it (thoughts, a fence, a sentence) is left out.
 */
export function jsonAnswer(text: string, keeps: Keeps): string | undefined {
  const bare = text.replace(/^\s*<think>[\s\S]*?<\/think>/, "");
  const fenced = /```(?:json)?\s*\n([\s\S]*?)\n\s*```/.exec(bare)?.[1];
  const from = bare.search(/[{[]/);
  const to = Math.max(bare.lastIndexOf("}"), bare.lastIndexOf("]"));
  const within = from >= 0 && to > from ? bare.slice(from, to + 1) : undefined;
  for (const candidate of [bare, fenced, within]) {
    const value = candidate === undefined ? undefined : parse(candidate);
    if (value !== undefined && keeps(value)) return JSON.stringify(value);
  }
  return undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
