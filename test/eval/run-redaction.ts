import { evaluateCleanText } from "./clean-text.ts";
import type { EvalReport } from "./main.ts";
import { evaluateRedaction } from "./redaction.ts";

export async function runRedaction(dataDir: string): Promise<EvalReport> {
  const { results, table } = await evaluateRedaction(dataDir);
  const { clean, table: cleanTable } = await evaluateCleanText(dataDir);
  return { figures: { ...figuresOf(results), ...figuresOf({ clean }) }, text: `${table}\n\n${cleanTable}` };
}

/** Every number of a nested result under its path. */
function figuresOf(value: unknown, path = ""): Record<string, number> {
  if (typeof value === "number") return { [path]: value };
  if (typeof value !== "object" || value === null) return {};
  return Object.assign({}, ...Object.entries(value).map(([key, inner]) => figuresOf(inner, path ? `${path}.${key}` : key)));
}
