/**
 * The seven hooks of SuperInstance, in the order in which a question meets them.
 *
 * A tap's last argument is the `Call`: cancellation and trace. A tap that gives undefined leaves a waterfall's value
 * as it is, and passes in a bail.
 */
import { AsyncParallelHook, AsyncSeriesBailHook, AsyncSeriesHook, AsyncSeriesWaterfallHook } from "tapable";
import type { Call } from "./call.ts";
import { bail, each, gather, interpreted, type KernelHook, waterfall } from "./interpret.ts";
import type {
  Ballot,
  Brief,
  CouncilRules,
  Escalation,
  EscalationBrief,
  EscalationStream,
  Passage,
  Question,
  Receipt,
  Span,
  Verdict,
  Vote,
} from "./types.ts";

/** What a tap of each hook receives before the `Call`, what it gives, and what the whole run gives. */
export interface HookSignatures {
  /** Where secrets stand in a raw text. If one tap fails, nothing goes on. */
  preRedact: { takes: [spans: readonly Span[], raw: string]; gives: readonly Span[]; run: readonly Span[] };
  /** Finding passages, then reranking them. */
  retrieve: { takes: [passages: readonly Passage[], question: Question]; gives: readonly Passage[]; run: readonly Passage[] };
  /** Agents, all at once; what they gave keeps the order of registration. */
  agentVote: { takes: [brief: Brief]; gives: Ballot; run: readonly { readonly name: string; readonly value: Ballot }[] };
  /** The first plugin that decides. */
  consensus: { takes: [votes: readonly Vote[], rules: CouncilRules]; gives: Verdict; run: Verdict | undefined };
  /** The first provider that answers. */
  escalate: { takes: [brief: EscalationBrief, stream: EscalationStream]; gives: Escalation; run: Escalation | undefined };
  /** Ledgers. */
  bill: { takes: [receipt: Receipt]; gives: undefined; run: undefined };
  /** Giving values back. */
  reinflate: { takes: [text: string, session: string]; gives: string; run: string };
}

export type HookName = keyof HookSignatures;

/** The function that a plugin taps into hook `N`. */
export type Tap<N extends HookName> = (
  ...args: [...HookSignatures[N]["takes"], Call]
) => HookSignatures[N]["gives"] | undefined | Promise<HookSignatures[N]["gives"] | undefined>;

export type Hooks = { readonly [N in HookName]: KernelHook<Tap<N>, HookSignatures[N]["run"]> };

/** How long one tap of each hook may take before it is left out, in milliseconds. */
const MAX_TAP_MS = {
  preRedact: 30_000,
  retrieve: 15_000,
  agentVote: 600_000, // a model on a small machine takes its time; it has a limit of its own below this
  consensus: 5_000,
  escalate: 180_000,
  bill: 15_000,
  reinflate: 30_000,
};

/** Long texts get more time: 10 s for each million characters, of which a detector needs one. */
const MS_PER_CHARACTER = 0.01;

// tapable needs to know only how many arguments there are; the types that plugins see are in HookSignatures.
type Two = [unknown, unknown];
type Three = [unknown, unknown, unknown];

export function createHooks(maxTapMs: Partial<Record<HookName, number>> = {}): Hooks {
  const all = { ...MAX_TAP_MS, ...maxTapMs };
  const fixed = (hook: HookName) => () => all[hook];
  return {
    preRedact: interpreted(new AsyncSeriesWaterfallHook<Three>(["spans", "raw", "call"], "preRedact"), waterfall, {
      maxMs: ([, raw]) => all.preRedact + (raw as string).length * MS_PER_CHARACTER,
      failClosed: true,
      secret: true,
    }),
    retrieve: interpreted(new AsyncSeriesWaterfallHook<Three>(["passages", "question", "call"], "retrieve"), waterfall, {
      maxMs: fixed("retrieve"),
      secret: true, // the search looks with values and in raw documents
    }),
    agentVote: interpreted(new AsyncParallelHook<Two>(["brief", "call"], "agentVote"), gather, { maxMs: fixed("agentVote") }),
    consensus: interpreted(new AsyncSeriesBailHook<Three, unknown>(["votes", "rules", "call"], "consensus"), bail, {
      maxMs: fixed("consensus"),
    }),
    escalate: interpreted(new AsyncSeriesBailHook<Three, unknown>(["brief", "stream", "call"], "escalate"), bail, {
      maxMs: fixed("escalate"),
    }),
    bill: interpreted(new AsyncSeriesHook<Two>(["receipt", "call"], "bill"), each, { maxMs: fixed("bill") }),
    reinflate: interpreted(new AsyncSeriesWaterfallHook<Three>(["text", "session", "call"], "reinflate"), waterfall, {
      maxMs: fixed("reinflate"),
      secret: true,
    }),
  };
}
