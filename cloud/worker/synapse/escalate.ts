/**
 * One escalation: a hold before the work, the council, a settlement after it, whatever happens between. What the provider
 * did is charged also when the client has left or an agent has failed.
 */
import { type SharedPassage, SynesisError } from "../../../kernel/index.ts";
import type { AdapterRow } from "../adapters/adapter.ts";
import { CloudError, type CloudErrorBody } from "../errors.ts";
import type { HoldOutcome, HoldRequest, UsageCall } from "../ledger/ledger.ts";
import type { ProjectWork } from "../ledger/project-use.ts";
import type { Recorded } from "../ledger/record.ts";
import { NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import type { TokenCount } from "../money/price-call.ts";
import { priceAt } from "../money/prices.ts";
import type { Tier } from "../money/tier.ts";
import { asksByItself } from "../projects/payer.ts";
import { modelsTaking } from "./adapters/provider-adapters.ts";
import type { AdapterShelf } from "./adapters/shelf.ts";
import { chooseModel, difficultyOf, estimateTokens } from "./choose-model.ts";
import {
  type AgentAtWork,
  type CloudAnswer,
  type CloudQuestion,
  deliberateInCloud,
  guidanceOf,
  type Listener,
  MOST_CALLS,
} from "./deliberate.ts";
import { meteredGenerator } from "./metered-generator.ts";
import { generatorFor, offeredModels, type ProviderSettings } from "./providers/providers.ts";

export interface EscalationRequest extends CloudQuestion {
  readonly requestId: string;
  /** A model's id, or "auto". */
  readonly model: string;
  /** Of one of the user's adapters, to think with. */
  readonly loraId?: string | undefined;
  /** Of the passages, those at the end that were found in what is shared. */
  readonly found?: readonly SharedPassage[];
}

export interface EscalationAnswer extends CloudAnswer {
  readonly requestId: string;
  readonly model: string;
  /** The adapter that the model thought with; null when it was alone. */
  readonly adapter: { readonly id: string; readonly name: string } | null;
  /** What was found in what is shared: citations name these after the passages that were sent. */
  readonly shared: readonly SharedPassage[];
  readonly tokens: TokenCount;
  readonly costNanoDollars: number;
  readonly chargeNanoDollars: number;
  readonly latencyMs: number;
  /** Of that, ms in which a provider was at work: what is left was spent here. */
  readonly providerMs: number;
}

export type EscalationEvent =
  | { readonly event: "metadata"; readonly data: AgentAtWork }
  | { readonly event: "answer"; readonly data: EscalationAnswer }
  | { readonly event: "error"; readonly data: CloudErrorBody };

/** The ledger, as far as an escalation goes. */
export interface Till {
  hold(request: HoldRequest): Promise<HoldOutcome>;
  /** What the work has taken so far, to be settled if nobody comes to do it. */
  note(id: string, calls: readonly UsageCall[]): void;
  settle(id: string, calls: readonly UsageCall[]): Promise<readonly Recorded[]>;
  release(id: string): Promise<void>;
}

/** The longest that an answer may take, and a little more for which its hold stands; ms. */
export const MOST_MS = 240_000;
const HOLD_MS = MOST_MS + 60_000;
/** What one call may come to with "auto", and the longest answer of one that is held for. */
const CALL_BUDGET = NANO_PER_DOLLAR / 10;
const ANSWER_TOKENS = 1000;
/** An answer's form takes tokens too: less than this no call is given, however short the answer is to be. */
const LEAST_TOKENS = 256;
/** Beside question and passages: instructions, schema, the draft that is judged. */
const FURTHER_CHARACTERS = 9000;

export interface EscalationContext extends Listener {
  readonly signal: AbortSignal;
  /** The ledger's name of this attempt at the request: each is held, and charged, by itself. */
  readonly holdId: string;
  readonly work?: ProjectWork | undefined;
}

/** @throws CloudError; the signal's reason when the client has left */
export async function escalate(
  request: EscalationRequest,
  settings: ProviderSettings,
  till: Till,
  adapters: AdapterShelf,
  { signal, tell, drafted, holdId: id, work }: EscalationContext,
): Promise<EscalationAnswer> {
  const begun = Date.now();
  const adapter = request.loraId === undefined ? undefined : await adapters.find(request.loraId);
  const offered = adapter ? modelsFor(settings, adapter, request.model) : offeredModels(settings);
  const mostTokens = Math.min(ANSWER_TOKENS, Math.max(LEAST_TOKENS, request.maxTokens ?? ANSWER_TOKENS));
  const tokens = { in: estimateTokens(sizeOf(request) + FURTHER_CHARACTERS), out: mostTokens };
  const difficulty = difficultyOf(request.question, request.passages.length);
  const choice = { asked: request.model, difficulty, tokens, budget: CALL_BUDGET, offered, at: begun };
  const model = chooseModel(choice);
  const price = model && priceAt(model.id, begun);
  if (!model || !price) throw new CloudError("model_unknown");
  const asUsage = (count: TokenCount): UsageCall => ({ model: model.id, tokens: count, price });
  const most = Array.from({ length: MOST_CALLS }, () => asUsage(tokens));
  const hold = await till.hold({ id, most, expiresIn: HOLD_MS, ...(work && { work }) });
  if (allow(hold) === "byok") await releasing(till, id, asksByItself());
  const adapted = adapter && (await adapters.acquire(model, adapter).catch((error) => releasing(till, id, error)));
  const note = (calls: readonly TokenCount[]) => till.note(id, calls.map(asUsage));
  const generator = meteredGenerator(
    adapted?.generator ?? generatorFor(settings, model),
    { mostCalls: MOST_CALLS, mostTokens },
    signal,
    note,
  );
  const settle = () => (generator.calls.length > 0 ? till.settle(id, generator.calls.map(asUsage)) : till.release(id).then(() => []));
  let answer: CloudAnswer;
  try {
    answer = await deliberateInCloud(request, generator, signal, { tell, drafted });
    // Agents that are stopped abstain: what they came to is no answer.
    signal.throwIfAborted();
  } catch (error) {
    await generator.ended();
    await settle();
    if (signal.aborted) throw signal.reason;
    throw error instanceof SynesisError ? new CloudError("provider_unavailable") : error;
  } finally {
    await adapted?.release();
  }
  const recorded = await settle();
  // An answer by rules is as good where no model was to be had; with an adapter, another answer than its own is none.
  const unasked = adapter !== undefined || generator.calls.length === 0;
  if (answer.mode === "embedded" && unasked && answer.outcome !== "vetoed" && request.passages.length > 0)
    throw new CloudError("provider_unavailable");
  return {
    requestId: request.requestId,
    model: model.id,
    adapter: adapter ? { id: adapter.id, name: adapter.name } : null,
    ...answer,
    shared: request.found ?? [],
    tokens: sumOf(generator.calls),
    costNanoDollars: recorded.reduce((sum, { cost }) => sum + cost, 0),
    chargeNanoDollars: recorded.reduce((sum, { charge }) => sum + charge, 0),
    latencyMs: Date.now() - begun,
    providerMs: generator.openMs,
  };
}

/** @throws CloudError adapter_unusable, adapter_mismatch */
function modelsFor(settings: ProviderSettings, adapter: AdapterRow, asked: string): string[] {
  const models = modelsTaking(settings, adapter);
  if (models.length === 0) throw new CloudError("adapter_unusable");
  if (asked !== "auto" && !models.includes(asked)) throw new CloudError("adapter_mismatch");
  return models;
}

async function releasing(till: Till, id: string, error: unknown): Promise<never> {
  await till.release(id);
  throw error;
}

/** The tier that it is held on. */
function allow(hold: HoldOutcome): Tier {
  if (hold.outcome === "held") return hold.tier;
  if (hold.outcome === "settled" || hold.outcome === "in_progress") throw new CloudError("conflict");
  throw new CloudError(hold.outcome);
}

/** UTF-8's bytes, of which other scripts than Latin's have more, as they have tokens. */
function sizeOf(asked: CloudQuestion): number {
  const { question, passages, history } = asked;
  const texts = [
    question,
    ...guidanceOf(asked),
    ...passages.flatMap(({ heading, text }) => [heading, text]),
    ...history.flatMap((said) => [said.question, said.answer]),
  ];
  const encoder = new TextEncoder();
  return texts.reduce((sum, text) => sum + encoder.encode(text).length, 0);
}

function sumOf(calls: readonly TokenCount[]): TokenCount {
  return calls.reduce((sum, call) => ({ in: sum.in + call.in, out: sum.out + call.out }), { in: 0, out: 0 });
}
