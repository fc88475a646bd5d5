/** What an escalation costs, and what it may cost at most; nano-dollars. */
import { NANO_PER_DOLLAR } from "../../../cloud/worker/money/nano-dollars.ts";
import { priceCall, type TokenCount } from "../../../cloud/worker/money/price-call.ts";
import { type DatedPrice, PRICES, priceAt, type TokenPrice } from "../../../cloud/worker/money/prices.ts";
import type { EscalationBrief } from "../../../kernel/index.ts";
import { textsOf } from "../../../pipeline/escalate/brief.ts";
import type { Config } from "../config.ts";

type Settings = Config["escalation"];

const dollars = (amount: number) => Math.round(amount * NANO_PER_DOLLAR);

/** List prices of models that the cloud does not offer, like its own to be checked against the providers' pages now and then. */
const DIRECT_PRICES: readonly DatedPrice[] = [
  ...PRICES,
  { model: "claude-haiku", from: "2025-10-15", in: dollars(1), out: dollars(5) },
  { model: "gpt-4.1", from: "2025-04-14", in: dollars(2), out: dollars(8) },
  { model: "gpt-4.1-mini", from: "2025-04-14", in: dollars(0.4), out: dollars(1.6) },
  { model: "gpt-5", from: "2025-08-07", in: dollars(1.25), out: dollars(10) },
  { model: "gpt-5-mini", from: "2025-08-07", in: dollars(0.25), out: dollars(2) },
];

/** Instructions and fences around what a brief holds. */
const FURTHER_CHARACTERS = 4_000;
const CHARACTERS_PER_TOKEN = 3;
/** Calls of a model that a question may come to in the cloud's council, and what each may write: what the cloud holds for it. */
const CLOUD_CALLS = 16;
const CLOUD_TOKENS = 1_000;

/** What a provider takes for so many tokens of a model; undefined where no price is known. */
export function costOf(settings: Settings, model: string, tokens: TokenCount): number | undefined {
  const price = priceOf(settings, model);
  return price && priceCall(tokens, price, "managed").cost;
}

/** What a question may cost at most; undefined where no price is known. */
export function mostCost(settings: Settings, brief: EscalationBrief, model: string): number | undefined {
  const characters = textsOf(brief).reduce((sum, text) => sum + text.length, FURTHER_CHARACTERS);
  const tokensIn = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  if (settings.provider !== "cloud") return costOf(settings, model, { in: tokensIn, out: brief.maxTokens ?? settings.maxTokens });
  const offered = PRICES.map((row) => row.model).filter((name) => model === "auto" || familyOf(model) === name);
  const costs = offered.map((name) => knownPrice(name, PRICES)).flatMap((price) => (price ? [price] : []));
  const one = costs.map((price) => priceCall({ in: tokensIn, out: CLOUD_TOKENS }, price, "managed").charge);
  return one.length > 0 ? CLOUD_CALLS * Math.max(...one) : undefined;
}

/** The user's own price first: for a model that is not in the table, or one that was agreed on. */
function priceOf({ price }: Settings, model: string): TokenPrice | undefined {
  if (price.in > 0 || price.out > 0) return { in: dollars(price.in), out: dollars(price.out) };
  return knownPrice(familyOf(model), DIRECT_PRICES);
}

/** By a clock that is far behind no price has begun: then the newest holds. */
function knownPrice(model: string, prices: readonly DatedPrice[]): TokenPrice | undefined {
  return priceAt(model, Date.now(), prices) ?? priceAt(model, Number.POSITIVE_INFINITY, prices);
}

/** Claude's models are priced by family; others have a date behind their name at most. */
function familyOf(model: string): string {
  if (/^(?:sonnet|opus|haiku)$/.test(model)) return `claude-${model}`;
  if (model === "gpt") return "gpt-4-turbo";
  return /^claude-(?:sonnet|opus|haiku)/.exec(model)?.[0] ?? model.replace(/-\d{4}-\d{2}-\d{2}$/, "");
}
