import type { Ballot, Brief } from "../../kernel/index.ts";
import { readEvidence } from "../../pipeline/text/evidence.ts";
import { probability } from "../../pipeline/text/logistic.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { contradictions } from "./checks/contradiction.ts";
import { dangers } from "./checks/dangers.ts";
import { feasibility, type Machine } from "./checks/feasibility.ts";
import type { Finding, Trial } from "./checks/finding.ts";
import { freshness } from "./checks/freshness.ts";
import { secrets } from "./checks/secrets.ts";
import type { Clock } from "./checks/source-date.ts";
import { unsupportedClaim } from "./claims.ts";
import { support } from "./support.ts";
import weights from "./weights.json" with { type: "json" };

/** What Ethos knows of the world outside the texts. */
export interface World extends Clock {
  machine(): Promise<Machine>;
}

/** An approval below this is said to be doubtful. */
const UNSURE = 0.7;

/** What an objection of a check leaves of the approval. */
const DOUBTED = 0.5;

/** Judges whether the sources support the draft as an answer to this question, and whether it is well to show it. */
export async function judge(brief: Brief<string>, world: World): Promise<Ballot<string>> {
  const fault = unsupportedClaim(brief);
  if (fault !== undefined) return { approval: 0, reason: fault, objections: [fault] };
  const ballot = supportBallot(brief);
  const findings = await check(brief, world);
  const warnings = findings.map(({ warning }) => warning);
  const veto = findings.find((finding) => finding.veto)?.veto;
  const objections = findings.flatMap(({ objection }) => objection ?? []);
  return {
    ...ballot,
    approval: ballot.approval * (objections.length > 0 ? DOUBTED : 1),
    ...(objections[0] === undefined ? {} : { reason: objections[0], objections: [...objections, ...(ballot.objections ?? [])] }),
    ...(warnings.length > 0 && { warnings }),
    ...(veto && { veto, reason: veto.reason }),
  };
}

async function check(brief: Brief<string>, world: World): Promise<Finding[]> {
  const trial: Trial = {
    brief,
    question: readQuestion(brief.question),
    evidence: readEvidence(brief.passages),
    answer: brief.draft?.text ?? "",
  };
  return [
    ...dangers(trial),
    ...contradictions(trial, world),
    ...freshness(trial, world),
    ...secrets(trial),
    ...(await feasibility(trial, () => world.machine())),
  ];
}

function supportBallot(brief: Brief<string>): Ballot<string> {
  const { features, missing } = support(brief);
  const approval = probability(weights, features);
  if (missing.length === 0)
    return {
      approval,
      reason: approval < UNSURE ? "The source may speak of something else." : "The source speaks of everything in the question.",
    };
  const words = missing.slice(0, 3).map(({ start, end }) => brief.question.slice(start, end));
  const reason = `The source does not mention: ${words.join("; ")}.`;
  return { approval, reason, objections: [reason] };
}
