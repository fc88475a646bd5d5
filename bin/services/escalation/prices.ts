/** What an escalation costs, and what it may cost at most; nano-dollars. */
import { modelNamed } from "../../../cloud/worker/money/model-names.ts";
import { NANO_PER_DOLLAR } from "../../../cloud/worker/money/nano-dollars.ts";
import { priceCall, type TokenCount } from "../../../cloud/worker/money/price-call.ts";
import { priceAt, type TokenPrice } from "../../../cloud/worker/money/prices.ts";
import { MODELS } from "../../../cloud/worker/synapse/models.ts";
import type { EscalationBrief } from "../../../kernel/index.ts";
import { textsOf } from "../../../pipeline/escalate/brief.ts";
import type { Config } from "../config.ts";
import { askedElsewhere } from "./asked-elsewhere.ts";

type Settings = Config["escalation"];

/** Instructions and fences around what a brief holds. */
const FURTHER_CHARACTERS = 4_000;
const CHARACTERS_PER_TOKEN = 3;
/** Calls of a model that a question may come to in the cloud's council, and what each may write: what the cloud holds for it. */
const CLOUD_CALLS = 16;
const CLOUD_TOKENS = 1_000;
const CLOUD_LEAST_TOKENS = 256;

/** What a provider takes for so many tokens of a model; undefined where no price is known. */
export function costOf(settings: Settings, model: string, tokens: TokenCount): number | undefined {
  const price = priceOf(settings, model);
  return price && priceCall(tokens, price, "managed").cost;
}

/** What a question may cost at most; undefined where no price is known. */
export function mostCost(config: Config, brief: EscalationBrief, model: string): number | undefined {
  const settings = config.escalation;
  const characters = textsOf(brief).reduce((sum, text) => sum + text.length, FURTHER_CHARACTERS);
  const tokensIn = Math.ceil(characters / CHARACTERS_PER_TOKEN);
  if ((askedElsewhere(config) || "cloud") !== "cloud")
    return costOf(settings, model, { in: tokensIn, out: brief.maxTokens ?? settings.maxTokens });
  const offered = MODELS.map(({ id }) => id).filter((name) => model === "auto" || nameOf(model) === name);
  const costs = offered.map(knownPrice).flatMap((price) => (price ? [price] : []));
  const one = costs.map(
    (price) =>
      priceCall(
        { in: tokensIn, out: Math.min(CLOUD_TOKENS, Math.max(CLOUD_LEAST_TOKENS, brief.maxTokens ?? CLOUD_TOKENS)) },
        price,
        "managed",
      ).charge,
  );
  return one.length > 0 ? CLOUD_CALLS * Math.max(...one) : undefined;
}

/** The user's own price first: for a model that is not in the table, or one that was agreed on. */
function priceOf({ price }: Settings, model: string): TokenPrice | undefined {
  if (price.in > 0 || price.out > 0) return { in: dollars(price.in), out: dollars(price.out) };
  return knownPrice(nameOf(model));
}

/** By a clock that is far behind no price has begun: then the newest holds. */
function knownPrice(name: string): TokenPrice | undefined {
  const priced = (at: number) => {
    const model = modelNamed(name, at);
    return model === undefined ? undefined : priceAt(model, at);
  };
  return priced(Date.now()) ?? priced(Number.POSITIVE_INFINITY);
}

const dollars = (amount: number) => Math.round(amount * NANO_PER_DOLLAR);

/** Short names that the command takes. */
function nameOf(model: string): string {
  if (/^(?:sonnet|opus|haiku)$/.test(model)) return `claude-${model}`;
  return model === "gpt" ? "gpt-4-turbo" : model;
}
