/** Scores answers against questions whose answers are known: what was found, what was rightly left unanswered, and what confidence is worth. */
import { areaUnderRisk, calibrationError, riskAt } from "./confidence.ts";

/** A row of `batch ask`, as far as it is scored. */
export interface AnswerRow {
  readonly id: string;
  readonly outcome?: string;
  readonly answer?: string | null;
  readonly consensus?: { readonly score: number; readonly votes?: readonly { readonly agent: string; readonly approval: number }[] };
}

export interface ReadingQuestion {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
}

/** How well a confidence tells right answers from wrong ones; risks and areas are shares of wrong answers, 0 to 1. */
export interface ConfidenceFigures {
  /** Area under the risk-coverage curve over all questions that were given an answer, and over the answerable ones of them. */
  readonly area: number;
  readonly areaAnswerable: number;
  /** Share right among the more confident half. */
  readonly rightAtHalf: number;
  readonly rightAtHalfAnswerable: number;
  /** Expected calibration error, ten bins of equal width. */
  readonly calibrationError: number;
}

export interface ReadingFigures {
  readonly questions: number;
  readonly answerable: number;
  readonly answered: number;
  /** Share of the answerable questions whose answer text stands in the answer. */
  readonly found: number;
  /** Share of the answers given that hold the answer text. */
  readonly rightAmongAnswered: number;
  /** Share of the unanswerable questions that got no answer. */
  readonly unanswerableLeft: number;
  /** Share of the answerable questions that got no answer. */
  readonly answerableLeft: number;
  /** Median number of characters of an answer. */
  readonly medianLength: number;
  /** By the consensus score, and by Logos's approval alone. */
  readonly council: ConfidenceFigures;
  readonly logos: ConfidenceFigures;
}

interface Scored {
  readonly answerable: boolean;
  readonly answered: boolean;
  readonly right: boolean;
  readonly length: number;
  readonly score: number;
  readonly logos: number;
}

/** A question without a row counts as not answered. */
export function evaluateReading(results: readonly AnswerRow[], questions: readonly ReadingQuestion[]): ReadingFigures {
  const rows = new Map(results.map((row) => [row.id, row]));
  const scored = questions.map((question) => scoreRow(question, rows.get(question.id)));
  const answerable = scored.filter((row) => row.answerable);
  const unanswerable = scored.filter((row) => !row.answerable);
  const answered = scored.filter((row) => row.answered);
  return {
    questions: scored.length,
    answerable: answerable.length,
    answered: answered.length,
    found: share(answerable, ({ right }) => right),
    rightAmongAnswered: share(answered, ({ right }) => right),
    unanswerableLeft: share(unanswerable, (row) => !row.answered),
    answerableLeft: share(answerable, (row) => !row.answered),
    medianLength: median(answered.map(({ length }) => length)),
    council: confidenceFigures(answered, ({ score }) => score),
    logos: confidenceFigures(answered, ({ logos }) => logos),
  };
}

function scoreRow({ answers, answerable }: ReadingQuestion, row: AnswerRow | undefined): Scored {
  const answer = row?.outcome === "answered" ? (row.answer ?? "") : "";
  return {
    answerable,
    answered: answer !== "",
    right: answerable && answers.some((text) => holds(answer, text)),
    length: answer.length,
    score: row?.consensus?.score ?? 0,
    logos: row?.consensus?.votes?.find(({ agent }) => agent === "logos")?.approval ?? 0,
  };
}

/** Whether `answer` holds `text`, whatever case, punctuation, articles and spacing. */
export function holds(answer: string, text: string): boolean {
  const wanted = normalised(text);
  return wanted !== "  " && normalised(answer).includes(wanted);
}

function normalised(text: string): string {
  const bare = text
    .toLowerCase()
    .replace(/\[\d+\]/g, " ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .replace(/\b(?:a|an|the)\b/g, " ");
  return ` ${bare.replace(/\s+/g, " ").trim()} `;
}

function confidenceFigures(answered: readonly Scored[], of: (row: Scored) => number): ConfidenceFigures {
  const judged = answered.map((row) => ({ confidence: of(row), right: row.right }));
  const judgedAnswerable = answered.filter(({ answerable }) => answerable).map((row) => ({ confidence: of(row), right: row.right }));
  return {
    area: areaUnderRisk(judged),
    areaAnswerable: areaUnderRisk(judgedAnswerable),
    rightAtHalf: 1 - riskAt(judged, 0.5),
    rightAtHalfAnswerable: 1 - riskAt(judgedAnswerable, 0.5),
    calibrationError: calibrationError(judged),
  };
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
