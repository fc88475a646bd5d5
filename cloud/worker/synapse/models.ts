/** The models that the cloud offers. Prices are in money/prices.ts, and what each provider calls them in its settings. */
export interface CloudModel {
  readonly id: string;
  /** Tokens that question, passages and answer may have together. */
  readonly context: number;
  /** How hard a question it is for, from 0 to 1. */
  readonly strength: number;
}

export const MODELS: readonly CloudModel[] = [
  { id: "llama-3.3-70b", context: 24_000, strength: 0.4 },
  { id: "claude-sonnet", context: 200_000, strength: 0.8 },
  { id: "gpt-4-turbo", context: 128_000, strength: 0.7 },
  { id: "claude-opus", context: 200_000, strength: 1 },
];
