import type { Brief, Passage } from "../kernel/index.ts";
import { readEvidence } from "../pipeline/text/evidence.ts";
import { readQuestion } from "../pipeline/text/question.ts";
import type { Trial } from "../plugins/ethos/checks/finding.ts";
import { passageOf } from "./plain.ts";

/** A draft that quotes the first of the sources whole. */
export function trialOf(question: string, ...sources: readonly (string | Passage<string>)[]): Trial {
  const passages = sources.map((source, at) => (typeof source === "string" ? passageOf(at + 1, source) : source));
  const answer = passages[0]?.text ?? "";
  const draft = { text: answer, quotes: [{ passage: 0, start: 0, end: answer.length }] };
  const brief: Brief<string> = { phase: "judge", round: 1, session: "s", question, passages, draft, objections: [] };
  return { brief, question: readQuestion(question), evidence: readEvidence(passages), answer };
}

/** A passage of a file, with a heading. */
export function passageAt(path: string, text: string, heading = ""): Passage<string> {
  return { ...passageOf(1, text), path, heading };
}

export const NOW = Date.UTC(2026, 5, 1);
export const undated = { now: () => NOW, changed: () => undefined };
