/**
 * How the council deliberates. A round: in parallel, Pathos frames the question, Logos drafts an answer, Ethos screens
 * question and passages; then, in parallel, all judge the draft. Below the threshold the objections go into the next
 * round. A veto ends it. Without Ethos there is no answer.
 */
import {
  type Brief,
  type Call,
  type CouncilRules,
  type Draft,
  type Exchange,
  type Framing,
  type Kernel,
  type Objection,
  type Passage,
  type Redacted,
  redacted,
  type Verdict,
  type Vote,
  type Warning,
} from "../kernel/index.ts";
import { counted, isFraction, votesFrom } from "./ballots.ts";

/** The agent without which nothing is answered. */
const GUARDIAN = "ethos";

/** More rounds than this are never held, whatever the rules say. */
const MOST_ROUNDS = 10;

export interface CouncilRequest {
  readonly kernel: Pick<Kernel, "hooks" | "weights">;
  readonly question: Redacted;
  /** Whose tokens stand in the texts. */
  readonly session: string;
  readonly rules: CouncilRules;
  /** What was said before in this conversation, the oldest first. */
  readonly history?: readonly Exchange[];
  /** How whoever asks wants it answered; no part of the question. */
  readonly guidance?: readonly Redacted[];
  /** Whether agents may think with the generator. */
  readonly thinking?: boolean;
  /** Finds passages for the question, or for another wording of it. */
  readonly retrieve: (query: Redacted) => Promise<readonly Passage[]>;
  readonly call: Call;
}

export type Outcome = "answered" | "vetoed" | "no_consensus" | "no_evidence";

/** What was said in one round; `judged` is absent when there was nothing to judge. */
export interface Round {
  readonly round: number;
  readonly proposals: readonly Vote[];
  readonly framing?: Framing;
  readonly judged?: { readonly draft: Draft; readonly votes: readonly Vote[]; readonly verdict: Verdict };
}

export interface Deliberation {
  readonly outcome: Outcome;
  /** One sentence for the user: why it ended so. */
  readonly reason: Redacted;
  /** The best draft, whatever the outcome, unless a veto or a missing Ethos forbids to show it. */
  readonly draft?: Draft;
  /** All passages that were found, in the order in which quotes count them. */
  readonly passages: readonly Passage[];
  readonly verdict: Verdict;
  readonly rounds: number;
  /** The votes behind the verdict; empty when nothing was judged. */
  readonly votes: readonly Vote[];
  /** What the agents want the user to know, whatever the outcome: an instruction hidden in a source, a contradiction. */
  readonly warnings: readonly Warning[];
  /** Whether a cloud model may be asked instead: never when the question was vetoed or could not be screened. */
  readonly mayEscalate: boolean;
  readonly record: readonly Round[];
}

const NOTHING_DECIDED: Verdict = { agreed: false, score: 0 };

/** Deliberates until the council agrees, a veto ends it, or another round could not change anything. */
export async function deliberate(request: CouncilRequest): Promise<Deliberation> {
  const { question, session, rules, retrieve, history = [], guidance = [], thinking = false } = request;
  const record: Round[] = [];
  let passages = await retrieve(question);
  let objections: readonly Objection[] = [];

  for (let round = 1; round <= roundsAllowed(rules); round++) {
    const before = record.at(-1);
    const brief: Brief = {
      phase: "propose",
      round,
      session,
      question,
      passages,
      objections,
      history,
      ...(guidance.length > 0 && { guidance }),
      thinking,
      framing: before?.framing,
      draft: before?.judged?.draft,
      earlier: judgedIn(record).map(({ draft }) => draft),
    };
    const held = await holdRound(request, brief, record);
    record.push(held);
    const stopped = stoppedBy(held);
    if (stopped) return { ...stopped, passages, rounds: round, warnings: warningsIn(record), record };
    const { verdict, votes = [] } = held.judged ?? {};
    if (verdict?.agreed && !verdict.more) break;

    objections = [...objections, ...objectionsIn(votes)];
    const added = await furtherPassages(request, held.framing, before?.framing, passages);
    passages = [...passages, ...added];
    const revisable = objectionsIn(votes).length > 0 || verdict?.more;
    if (added.length === 0 && !revisable) break;
  }
  return conclude(record, passages, rules);
}

/** One round: framing, draft and screening; then, unless that ended it or brought nothing new, the judging. */
async function holdRound(request: CouncilRequest, brief: Brief, record: readonly Round[]): Promise<Round> {
  const proposals = await vote(request, brief);
  const framing = proposals.find((proposal) => proposal.framing)?.framing ?? brief.framing;
  const round: Round = { round: brief.round, proposals, framing };
  const draft = proposals.find((proposal) => proposal.draft)?.draft;
  if (!draft || stoppedBy(round) || record.some(({ judged }) => sameDraft(judged?.draft, draft))) return round;
  const votes = await vote(request, { ...brief, phase: "judge", framing, draft });
  return { ...round, judged: { draft, votes, verdict: await decide(request, votes) } };
}

/** What another wording of the question finds beyond what is known. */
async function furtherPassages(
  { retrieve }: CouncilRequest,
  framing: Framing | undefined,
  before: Framing | undefined,
  known: readonly Passage[],
): Promise<Passage[]> {
  if (framing?.reframed === undefined || framing.reframed === before?.reframed) return [];
  const found = await retrieve(framing.reframed);
  return found.filter(({ id }) => known.every((passage) => passage.id !== id));
}

function roundsAllowed({ maxRounds }: CouncilRules): number {
  return Math.min(MOST_ROUNDS, Math.max(1, Math.floor(maxRounds) || 1));
}

async function vote({ kernel, call }: CouncilRequest, brief: Brief): Promise<Vote[]> {
  return votesFrom(await kernel.hooks.agentVote.promise(brief, call), kernel.weights, brief.passages, call);
}

/** The consensus plugin's verdict; nothing is agreed when there is none, one that is not a verdict, or too few votes. */
async function decide({ kernel, rules, call }: CouncilRequest, votes: readonly Vote[]): Promise<Verdict> {
  const verdict = await kernel.hooks.consensus.promise(counted(votes), rules, call);
  if (verdict && typeof verdict.agreed === "boolean" && isFraction(verdict.score))
    return { ...verdict, agreed: verdict.agreed && isQuorate(votes, rules) };
  call.trace.record("consensus", "council", call.trace.now(), "no plugin gave a verdict");
  return NOTHING_DECIDED;
}

/** A quorum that is no number is never reached. */
function isQuorate(votes: readonly Vote[], { quorum = 1 }: CouncilRules): boolean {
  return counted(votes).length >= quorum;
}

type Ending = Pick<Deliberation, "outcome" | "reason" | "verdict" | "votes" | "mayEscalate">;

/** How a veto, or Ethos missing among those who spoke, ends the deliberation. */
function stoppedBy({ proposals, judged }: Round): Ending | undefined {
  const spoke = judged?.votes ?? proposals;
  const votes = judged?.votes ?? [];
  const verdict = { ...(judged?.verdict ?? NOTHING_DECIDED), agreed: false };
  const against = spoke.find((vote) => vote.veto);
  const veto = verdict.veto ?? (against?.veto && { ...against.veto, agent: against.agent });
  if (veto) return { outcome: "vetoed", reason: veto.reason, verdict: { ...verdict, veto }, votes, mayEscalate: false };
  if (counted(spoke).some(({ agent }) => agent === GUARDIAN)) return undefined;
  const reason = redacted`Ethos could not check this, so there is no answer.`;
  return { outcome: "no_consensus", reason, verdict, votes, mayEscalate: false };
}

/** What was warned of: of the sources in any round, and of the draft that is decided on; each once. */
function warningsIn(record: readonly Round[], votes: readonly Vote[] = []): Warning[] {
  const spoken = [...record.flatMap(({ proposals }) => proposals), ...votes].flatMap(({ warnings = [] }) => warnings);
  return [...new Map(spoken.map((warning) => [JSON.stringify(warning), warning])).values()];
}

function judgedIn(record: readonly Round[]): NonNullable<Round["judged"]>[] {
  return record.flatMap(({ judged }) => judged ?? []);
}

function objectionsIn(votes: readonly Vote[]): Objection[] {
  return votes.flatMap(({ agent, objections = [] }) => objections.map((reason) => ({ agent, reason })));
}

/** The outcome of the round that was judged best; the earlier one where two are equal. */
function conclude(record: readonly Round[], passages: readonly Passage[], rules: CouncilRules): Deliberation {
  const judged = judgedIn(record);
  const best = judged.reduce<(typeof judged)[number] | undefined>(
    (leader, next) => (leader && rank(leader.verdict) >= rank(next.verdict) ? leader : next),
    undefined,
  );
  const common = { passages, rounds: record.length, warnings: warningsIn(record, best?.votes), record };
  if (!best) {
    const reason = redacted`Nothing in the sources speaks about this.`;
    return { ...common, outcome: "no_evidence", reason, verdict: NOTHING_DECIDED, votes: [], mayEscalate: true };
  }
  const { draft, votes, verdict } = best;
  if (verdict.agreed)
    return { ...common, outcome: "answered", reason: redacted`The council agreed.`, draft, votes, verdict, mayEscalate: false };
  const reason = isQuorate(votes, rules)
    ? (objectionsIn(votes)[0]?.reason ?? redacted`The council did not agree.`)
    : redacted`Too few agents voted on the draft.`;
  return { ...common, outcome: "no_consensus", reason, draft, votes, verdict, mayEscalate: true };
}

function rank({ agreed, score }: Verdict): number {
  return agreed ? 1 + score : score;
}

function sameDraft(a: Draft | undefined, b: Draft): boolean {
  return a !== undefined && a.text === b.text && JSON.stringify(a.quotes) === JSON.stringify(b.quotes);
}
