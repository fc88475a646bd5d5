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
  type Framing,
  type Kernel,
  type Objection,
  type Passage,
  type Redacted,
  redacted,
  type Verdict,
  type Vote,
} from "../kernel/index.ts";
import { isFraction, votesFrom } from "./ballots.ts";

/** The agent without which nothing is answered. */
const GUARDIAN = "ethos";

/** More rounds than this are never held, whatever the rules say. */
const MOST_ROUNDS = 10;

export interface CouncilRequest {
  readonly kernel: Pick<Kernel, "hooks" | "weights">;
  readonly question: Redacted;
  readonly rules: CouncilRules;
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
  /** Whether a cloud model may be asked instead: never when the question was vetoed or could not be screened. */
  readonly mayEscalate: boolean;
  readonly record: readonly Round[];
}

const NOTHING_DECIDED: Verdict = { agreed: false, score: 0 };

/** Deliberates until the council agrees, a veto ends it, or another round could not change anything. */
export async function deliberate(request: CouncilRequest): Promise<Deliberation> {
  const { question, rules, retrieve } = request;
  const record: Round[] = [];
  let passages = await retrieve(question);
  let objections: readonly Objection[] = [];

  for (let round = 1; round <= roundsAllowed(rules); round++) {
    const framingSoFar = record.at(-1)?.framing;
    const before = record.at(-1)?.judged?.draft;
    const brief: Brief = { phase: "propose", round, question, passages, objections, framing: framingSoFar, draft: before };
    const proposals = await vote(request, brief);
    const framing = proposals.find((proposal) => proposal.framing)?.framing ?? framingSoFar;
    record.push({ round, proposals, framing });
    const stopped = stoppedBy(proposals, NOTHING_DECIDED);
    if (stopped) return { ...stopped, passages, rounds: round, record };

    const draft = proposals.find((proposal) => proposal.draft)?.draft;
    if (draft && !record.some(({ judged }) => sameDraft(judged?.draft, draft))) {
      const votes = await vote(request, { ...brief, phase: "judge", framing, draft });
      const verdict = await decide(request, votes);
      record[record.length - 1] = { round, proposals, framing, judged: { draft, votes, verdict } };
      const stoppedNow = stoppedBy(votes, verdict);
      if (stoppedNow) return { ...stoppedNow, passages, rounds: round, record };
      if (verdict.agreed) break;
      objections = [...objections, ...objectionsIn(votes)];
    }

    const more = framing?.reframed === undefined || framing.reframed === framingSoFar?.reframed ? [] : await retrieve(framing.reframed);
    const added = more.filter(({ id }) => passages.every((passage) => passage.id !== id));
    passages = [...passages, ...added];
    const revisable =
      draft !== undefined && !sameDraft(before, draft) && record.at(-1)?.judged?.votes.some((vote) => vote.objections?.length);
    if (added.length === 0 && !revisable) break;
  }
  return conclude(record, passages);
}

function roundsAllowed({ maxRounds }: CouncilRules): number {
  return Math.min(MOST_ROUNDS, Math.max(1, Math.floor(maxRounds) || 1));
}

async function vote({ kernel, call }: CouncilRequest, brief: Brief): Promise<Vote[]> {
  return votesFrom(await kernel.hooks.agentVote.promise(brief, call), kernel.weights, brief.passages, call);
}

/** The consensus plugin's verdict; nothing is agreed when there is none, or one that is not a verdict. */
async function decide({ kernel, rules, call }: CouncilRequest, votes: readonly Vote[]): Promise<Verdict> {
  const verdict = await kernel.hooks.consensus.promise(votes, rules, call);
  if (verdict && typeof verdict.agreed === "boolean" && isFraction(verdict.score)) return verdict;
  call.trace.record("consensus", "council", call.trace.now(), "no plugin gave a verdict");
  return NOTHING_DECIDED;
}

type Ending = Pick<Deliberation, "outcome" | "reason" | "verdict" | "votes" | "mayEscalate">;

/** How a veto, or Ethos missing among those who spoke, ends the deliberation. */
function stoppedBy(votes: readonly Vote[], verdict: Verdict): Ending | undefined {
  const judged = verdict === NOTHING_DECIDED ? [] : votes;
  const against = votes.find(({ veto }) => veto);
  const veto = verdict.veto ?? (against?.veto && { ...against.veto, agent: against.agent });
  if (veto) {
    const reason = veto.reason;
    return { outcome: "vetoed", reason, verdict: { ...verdict, agreed: false, veto }, votes: judged, mayEscalate: false };
  }
  if (votes.some(({ agent }) => agent === GUARDIAN)) return undefined;
  const reason = redacted`Ethos could not check this, so there is no answer.`;
  return { outcome: "no_consensus", reason, verdict: { ...verdict, agreed: false }, votes: judged, mayEscalate: false };
}

function objectionsIn(votes: readonly Vote[]): Objection[] {
  return votes.flatMap(({ agent, objections = [] }) => objections.map((reason) => ({ agent, reason })));
}

/** The outcome of the round that was judged best; the earlier one where two are equal. */
function conclude(record: readonly Round[], passages: readonly Passage[]): Deliberation {
  const judged = record.flatMap((round) => round.judged ?? []);
  const best = judged.reduce<(typeof judged)[number] | undefined>(
    (leader, next) => (leader && rank(leader.verdict) >= rank(next.verdict) ? leader : next),
    undefined,
  );
  const common = { passages, rounds: record.length, record };
  if (!best) {
    const reason = redacted`Nothing in the sources speaks about this.`;
    return { ...common, outcome: "no_evidence", reason, verdict: NOTHING_DECIDED, votes: [], mayEscalate: true };
  }
  const { draft, votes, verdict } = best;
  if (verdict.agreed)
    return { ...common, outcome: "answered", reason: redacted`The council agreed.`, draft, votes, verdict, mayEscalate: false };
  const reason = objectionsIn(votes)[0]?.reason ?? redacted`The council did not agree.`;
  return { ...common, outcome: "no_consensus", reason, draft, votes, verdict, mayEscalate: true };
}

function rank({ agreed, score }: Verdict): number {
  return agreed ? 1 + score : score;
}

function sameDraft(a: Draft | undefined, b: Draft): boolean {
  return a !== undefined && a.text === b.text && JSON.stringify(a.quotes) === JSON.stringify(b.quotes);
}
