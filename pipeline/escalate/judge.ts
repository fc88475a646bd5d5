/** What came from elsewhere becomes a draft, and is judged against the sources before it counts as an answer. */
import {
  type Call,
  type CouncilRules,
  type Draft,
  type Escalation,
  type Exchange,
  type Kernel,
  type Passage,
  type Quote,
  type Redacted,
  redacted,
  type Vote,
} from "../../kernel/index.ts";
import { counted, isFraction, votesFrom } from "../ballots.ts";
import type { Deliberation, Round } from "../council.ts";
import { attribute } from "./attribute.ts";

/** Whoever wrote the text framed the question and reasoned about it: in this vote it stands for these two. */
const REPLACED = ["pathos", "logos"];
const GUARDIAN = "ethos";

export interface Judging {
  readonly kernel: Pick<Kernel, "hooks" | "weights">;
  readonly question: Redacted;
  readonly session: string;
  readonly rules: CouncilRules;
  readonly history: readonly Exchange[];
  readonly call: Call;
}

/** A draft of the text, with quotes of all passages that were found. `leaving` are those that the writer was shown. */
export function draftOf(
  text: Redacted,
  { citations }: Pick<Escalation, "citations">,
  passages: readonly Passage[],
  leaving: readonly Passage[],
): Draft {
  const places = leaving.map((passage) => passages.indexOf(passage));
  const quotes = citations?.map(({ passage, start, end }) => ({ passage: places[passage] ?? -1, start, end }));
  return quotes && quotes.length > 0 && quotes.every((quote) => stands(quote, passages))
    ? { text, quotes }
    : attribute(text, passages, places);
}

function stands({ passage, start, end }: Quote, passages: readonly Passage[]): boolean {
  const length = passages[passage]?.text.length ?? 0;
  return Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= length;
}

/** The deliberation that goes on with this draft: all agents but those that the writer stands for vote on it, by the same rules. */
export async function judgeDraft(
  before: Deliberation,
  draft: Draft,
  { kernel, question, session, rules, history, call }: Judging,
): Promise<Deliberation> {
  const round = before.rounds + 1;
  const framing = before.record.findLast((held) => held.framing)?.framing;
  const brief = { phase: "judge" as const, round, session, question, passages: before.passages, objections: [], history, framing, draft };
  const all = votesFrom(await kernel.hooks.agentVote.promise(brief, call), kernel.weights, before.passages, call);
  const author: Vote = {
    agent: "logos",
    weight: REPLACED.reduce((sum, agent) => sum + (kernel.weights.get(agent) ?? 0), 0),
    approval: 1,
    reason: redacted`The model elsewhere wrote this.`,
  };
  const votes = [author, ...all.filter(({ agent }) => !REPLACED.includes(agent))];
  const given = await kernel.hooks.consensus.promise(counted(votes), rules, call);
  const quorate = counted(votes).length + REPLACED.length - 1 >= (rules.quorum ?? 1);
  const verdict = given && isFraction(given.score) ? { ...given, agreed: given.agreed === true && quorate } : { agreed: false, score: 0 };
  const judged: Round = { round, proposals: [], framing, judged: { draft, votes, verdict } };
  const warnings = [...before.warnings, ...votes.flatMap((vote) => vote.warnings ?? [])];
  const { draft: _, ...undrafted } = before;
  const common = { ...undrafted, verdict, votes, warnings, rounds: round, record: [...before.record, judged], mayEscalate: false };
  const ethos = counted(votes).find(({ agent }) => agent === GUARDIAN);
  if (verdict.veto) return { ...common, outcome: "vetoed", reason: verdict.veto.reason };
  if (!ethos) return { ...common, outcome: "no_consensus", reason: redacted`Ethos could not check this, so there is no answer.` };
  if (verdict.agreed) return { ...common, outcome: "answered", reason: redacted`Ethos found that the sources bear it out.`, draft };
  return { ...common, outcome: "no_consensus", reason: ethos.objections?.[0] ?? ethos.reason, draft };
}
