/** The council in the cloud: the same kernel, agents and consensus as on a device, thinking with a cloud model. */
import { type Call, createKernel, definePlugin, type Generator, type Kernel, type Passage, Trace } from "../../../kernel/index.ts";
import type { Outcome } from "../../../pipeline/council.ts";
import { deliberateWithModel } from "../../../pipeline/with-model.ts";
import { consensus } from "../../../plugins/consensus/index.ts";
import { ethos } from "../../../plugins/ethos/index.ts";
import { logos } from "../../../plugins/logos/index.ts";
import { pathos } from "../../../plugins/pathos/index.ts";
import { agentsOf } from "./agents/index.ts";
import { cloudTokens } from "./cloud-tokens.ts";

export interface CloudQuestion {
  readonly question: string;
  readonly passages: readonly { readonly heading: string; readonly text: string }[];
  /** What was said before in this conversation, the oldest first. */
  readonly history: readonly { readonly question: string; readonly answer: string }[];
  /** How the device's own Pathos reads the question. */
  readonly framing?: string | undefined;
  /** What the device's own Ethos refused earlier drafts for. */
  readonly constraints: readonly string[];
  /** What those who run the project want heeded. */
  readonly instructions?: string | undefined;
  /** Tokens of the answer at most. */
  readonly maxTokens?: number | undefined;
}

/** All that is said of how to answer, in sentences. No part of the question, which is screened for what it asks. */
export function guidanceOf({ framing, constraints, instructions, maxTokens }: CloudQuestion): string[] {
  return [
    ...(instructions ? [instructions] : []),
    ...(framing ? [`The question may be read so: ${framing}`] : []),
    ...constraints.map((reason) => `An earlier draft was refused for this: ${reason}`),
    ...(maxTokens === undefined ? [] : [`The answer has ${maxTokens} tokens at most.`]),
  ];
}

export interface AgentAtWork {
  readonly agent: string;
  readonly phase: "thinking" | "verifying";
  readonly round: number;
}

/** What the council judges in a round. */
export interface DraftInRound {
  readonly round: number;
  readonly text: string;
}

/** Hears of the council's work as it goes on. */
export interface Listener {
  readonly tell: (at: AgentAtWork) => void;
  readonly drafted?: ((draft: DraftInRound) => void) | undefined;
}

export interface CloudAnswer {
  readonly outcome: Outcome;
  readonly reason: string;
  readonly content: string | null;
  /** In the order of the numbers in the content: ranges of the passages that were sent. */
  readonly citations: readonly { readonly passage: number; readonly start: number; readonly end: number }[];
  readonly score: number;
  readonly rounds: number;
  /** Whether a model had a part in it: "embedded" when all that was asked failed. */
  readonly mode: "embedded" | "generator";
}

export const CLOUD_ROUNDS = 2;
/** Calls of the model that these rounds come to: three agents, each proposing and judging, and answers asked for again. */
export const MOST_CALLS = CLOUD_ROUNDS * 2 * 3 + 4;

const RULES = { threshold: 0.85, maxRounds: CLOUD_ROUNDS };
const SESSION = "cloud";
const MAX_TAP_MS = 120_000;

/** @param agents by others, beside the built-in ones. @throws the signal's reason; SynesisError for what cannot be redacted */
export async function deliberateInCloud(
  asked: CloudQuestion,
  generator: Generator,
  signal: AbortSignal,
  listener: Listener,
  agents = agentsOf(),
): Promise<CloudAnswer> {
  const { question, passages, history } = asked;
  const council = [pathos({ thinks: true }), logos({ thinks: true }), ethos({ thinks: true }), ...(await agents), consensus()];
  const kernel = await createKernel([cloudTokens(), offering(generator), ...council], { maxTapMs: { agentVote: MAX_TAP_MS } });
  const call: Call = { signal, trace: new Trace() };
  const redact = async (text: string) => (await kernel.redact(text, SESSION, call)).text;
  const found: Passage[] = await Promise.all(
    passages.map(async ({ heading, text }, id) => {
      const [safeHeading, safe] = [await redact(heading), await redact(text)];
      const title = await redact("");
      return {
        id,
        path: String(id),
        title,
        heading: safeHeading,
        start: 0,
        end: safe.length,
        text: safe,
        entities: [],
        score: 1 / (id + 1),
      };
    }),
  );
  const deliberation = {
    kernel: telling(kernel, listener),
    question: await redact(question),
    session: SESSION,
    rules: RULES,
    history: await Promise.all(history.map(async (said) => ({ question: await redact(said.question), answer: await redact(said.answer) }))),
    guidance: await Promise.all(guidanceOf(asked).map(redact)),
    call,
    retrieve: async () => found,
  };
  const { outcome, reason, draft, verdict, rounds, mode } = await deliberateWithModel(deliberation);
  const content = outcome === "answered" ? (draft?.text ?? null) : null;
  const citations = content === null ? [] : (draft?.quotes ?? []).map(({ passage, start, end }) => ({ passage, start, end }));
  return { outcome, reason, content, citations, score: verdict.score, rounds, mode };
}

function offering(generator: Generator) {
  return definePlugin({
    name: "cloud-generator",
    api: 1,
    text: "redacted",
    provides: ["generator"],
    setup: (context) => context.provide("generator", generator),
  });
}

/** The kernel, with word of each agent that begins to work with the model, and of what they judge. */
function telling({ hooks, weights }: Kernel, { tell, drafted }: Listener): Pick<Kernel, "hooks" | "weights"> {
  const agentVote = Object.create(hooks.agentVote) as typeof hooks.agentVote;
  agentVote.promise = (brief, call) => {
    const phase = brief.phase === "judge" ? "verifying" : "thinking";
    if (brief.thinking && phase === "verifying" && brief.draft) drafted?.({ round: brief.round, text: brief.draft.text });
    if (brief.thinking) for (const agent of weights.keys()) tell({ agent, phase, round: brief.round });
    return hooks.agentVote.promise(brief, call);
  };
  return { hooks: { ...hooks, agentVote }, weights };
}
