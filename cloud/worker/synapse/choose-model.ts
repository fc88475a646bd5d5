import { priceCall, type TokenCount } from "../money/price-call.ts";
import { priceAt } from "../money/prices.ts";
import { type CloudModel, MODELS } from "./models.ts";

export interface Choice {
  /** A model's id, or "auto". */
  readonly asked: string;
  /** From 0 to 1. */
  readonly difficulty: number;
  /** What one call may come to. */
  readonly tokens: TokenCount;
  /** Nano-dollars that one call may cost. */
  readonly budget: number;
  /** Models that some provider offers. */
  readonly offered: readonly string[];
  /** Ms since 1970: prices have dates. */
  readonly at: number;
}

/**
 * The model that is asked for; or for "auto" the cheapest that is strong enough, has room and keeps to the budget, or else
 * the strongest of those that have room and keep to it. Undefined when there is none.
 */
export function chooseModel({ asked, difficulty, tokens, budget, offered, at }: Choice): CloudModel | undefined {
  const cost = ({ id }: CloudModel) => {
    const price = priceAt(id, at);
    return price ? priceCall(tokens, price, "managed").cost : Number.POSITIVE_INFINITY;
  };
  const fits = MODELS.filter(
    (model) => offered.includes(model.id) && tokens.in + tokens.out <= model.context && Number.isFinite(cost(model)),
  );
  if (asked !== "auto") return fits.find(({ id }) => id === asked);
  const affordable = fits.filter((model) => cost(model) <= budget);
  const able = affordable.filter(({ strength }) => strength >= difficulty);
  if (able.length > 0) return able.reduce((best, model) => (cost(model) < cost(best) ? model : best));
  return affordable.reduce<CloudModel | undefined>((best, model) => (best && best.strength >= model.strength ? best : model), undefined);
}

/** How hard a question looks, from 0 to 1: its length, how many sources speak to it, and words that ask for reasons. */
export function difficultyOf(question: string, passages: number): number {
  const words = question.split(/\s+/).length;
  const reasons = /\b(?:why|how|compare|prove|explain|design|difference|trade-?offs?)\b/i.test(question) ? 0.3 : 0;
  return Math.min(1, Math.min(words, 60) / 120 + reasons + Math.min(passages, 10) / 50);
}

/** A generous estimate of a text's tokens, for what is held before the provider has counted. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 3);
}
