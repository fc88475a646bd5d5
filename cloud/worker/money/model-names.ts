/** What providers call their models, and whose price holds for it: data with dates, since a name may come to mean another model. */

export interface DatedName {
  /** As providers have it; a version or a date of digits may stand behind it. */
  readonly name: string;
  /** The model of prices.ts. */
  readonly model: string;
  /** Holds from this day on (UTC, YYYY-MM-DD). */
  readonly from: string;
}

/** A name's newest row that has begun is the one that holds. To be checked, like prices, before a deployment. */
export const MODEL_NAMES: readonly DatedName[] = [
  { name: "claude-sonnet", model: "claude-sonnet", from: "2025-05-22" },
  { name: "claude-3-7-sonnet", model: "claude-sonnet", from: "2025-02-24" },
  { name: "claude-3-5-sonnet", model: "claude-sonnet", from: "2024-06-20" },
  { name: "claude-opus", model: "claude-opus", from: "2025-05-22" },
  { name: "claude-3-opus", model: "claude-opus", from: "2024-02-29" },
  { name: "claude-haiku", model: "claude-haiku", from: "2025-10-15" },
  { name: "gpt-4-turbo", model: "gpt-4-turbo", from: "2024-04-09" },
  { name: "gpt-4.1", model: "gpt-4.1", from: "2025-04-14" },
  { name: "gpt-4.1-mini", model: "gpt-4.1-mini", from: "2025-04-14" },
  { name: "gpt-5", model: "gpt-5", from: "2025-08-07" },
  { name: "gpt-5-mini", model: "gpt-5-mini", from: "2025-08-07" },
  { name: "llama-3.3-70b", model: "llama-3.3-70b", from: "2025-01-01" },
  { name: "meta-llama/Llama-3.3-70B-Instruct", model: "llama-3.3-70b", from: "2025-01-01" },
  { name: "@cf/meta/llama-3.3-70b-instruct-fp8-fast", model: "llama-3.3-70b", from: "2025-01-01" },
];

/** Only digits are a version: gpt-5-mini is no gpt-5. */
const VERSION = /^(?:-\d[\d.-]*|-latest)?$/;

/** The model of prices.ts that a provider's name means at a time (ms since 1970), or undefined where nobody knows. */
export function modelNamed(name: string, at: number, names: readonly DatedName[] = MODEL_NAMES): string | undefined {
  const rows = names.filter((row) => name.startsWith(row.name) && VERSION.test(name.slice(row.name.length)) && Date.parse(row.from) <= at);
  const held = rows.reduce<DatedName | undefined>((best, row) => (best && isBefore(row, best) ? best : row), undefined);
  return held?.model;
}

/** A longer name says more; of the same name the newer row holds. */
function isBefore(a: DatedName, b: DatedName): boolean {
  return a.name.length === b.name.length ? a.from < b.from : a.name.length < b.name.length;
}
