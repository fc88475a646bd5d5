/** Scores answers against questions whose answers are known: what was found, what was rightly left unanswered, and what confidence is worth. */
import type { Vote } from "../../kernel/index.ts";
import { majority } from "../../plugins/consensus/majority.ts";
import { ranked } from "../../plugins/consensus/ranked.ts";
import { areaUnderRisk, calibrationError, riskAt } from "./confidence.ts";
import type { EvalReport } from "./main.ts";

/** A majority is of agents that approve as much as an answer needs by default. */
const RULES = { threshold: 0.85, maxRounds: 3 };

/** A row of `batch ask`, as far as it is scored. */
export interface AnswerRow {
  readonly id: string;
  readonly outcome?: string;
  readonly answer?: string | null;
  readonly consensus?: {
    readonly score: number;
    readonly votes?: readonly { readonly agent: string; readonly weight: number; readonly approval: number }[];
  };
}

export interface ReadingQuestion {
  readonly id: string;
  readonly question: string;
  readonly answers: readonly string[];
  readonly answerable: boolean;
}

/** The rows of two runs over the same questions. */
export interface ReadingRuns {
  /** As it comes: the council may leave a question unanswered. */
  readonly abstaining: readonly AnswerRow[];
  /** With a threshold of 0: every draft is given. */
  readonly everything: readonly AnswerRow[];
  /** With a threshold of 0, each answer the best of three drafts in Logos's own opinion. */
  readonly bestOfThree: readonly AnswerRow[];
  readonly questions: readonly ReadingQuestion[];
}

/** The three runs, by way of `batch ask`. */
export function askEveryWay(
  ask: (flags: readonly string[], settings?: Readonly<Record<string, unknown>>) => readonly AnswerRow[],
  over: readonly string[],
  questions: readonly ReadingQuestion[],
): ReadingRuns {
  const all = [...over, "--threshold", "0"];
  return {
    questions,
    abstaining: ask(over),
    everything: ask(all),
    bestOfThree: ask([...all, "--rounds", "3"], { council: { consensus: "best-of" } }),
  };
}

interface Scored {
  readonly answerable: boolean;
  readonly answered: boolean;
  readonly right: boolean;
  readonly length: number;
  readonly score: number;
  readonly logos: number;
  readonly majority: number;
  readonly ranked: number;
}

/** A question without a row counts as not answered. Figures are shares from 0 to 1 unless their name says otherwise. */
export function evaluateReading({ abstaining, everything, bestOfThree, questions }: ReadingRuns): EvalReport {
  const full = scored(questions, everything);
  const some = scored(questions, abstaining);
  const figures = {
    questions: questions.length,
    answerable: full.filter(({ answerable }) => answerable).length,
    "found at full coverage": share(
      full.filter(({ answerable }) => answerable),
      ({ right }) => right,
    ),
    "median characters": median(full.filter(({ answered }) => answered).map(({ length }) => length)),
    ...confidenceFigures("council", full, ({ score }) => score),
    ...confidenceFigures("logos alone", full, ({ logos }) => logos),
    ...confidenceFigures("best of 3 by logos", scored(questions, bestOfThree), ({ score }) => score),
    ...confidenceFigures("majority", full, ({ majority }) => majority),
    ...confidenceFigures("weighted median", full, ({ ranked }) => ranked),
    "abstaining: answered": share(some, ({ answered }) => answered),
    "abstaining: answerable answered": share(
      some.filter(({ answerable }) => answerable),
      ({ answered }) => answered,
    ),
    "abstaining: right among answerable answered": share(
      some.filter(({ answerable, answered }) => answerable && answered),
      ({ right }) => right,
    ),
    "abstaining: right among all answered": share(
      some.filter(({ answered }) => answered),
      ({ right }) => right,
    ),
    "abstaining: unanswerable rightly left": share(
      some.filter(({ answerable }) => !answerable),
      ({ answered }) => !answered,
    ),
  };
  return { figures, text: table(figures) };
}

/** Risk and coverage by one confidence, over all questions and over those that have an answer. */
function confidenceFigures(name: string, rows: readonly Scored[], of: (row: Scored) => number): Record<string, number> {
  const judged = (chosen: readonly Scored[]) =>
    chosen.filter(({ answered }) => answered).map((row) => ({ confidence: of(row), right: row.right }));
  const all = judged(rows);
  const answerable = judged(rows.filter((row) => row.answerable));
  return {
    [`${name}: area under risk-coverage, all`]: areaUnderRisk(all),
    [`${name}: area under risk-coverage, answerable`]: areaUnderRisk(answerable),
    [`${name}: right at half coverage, all`]: 1 - riskAt(all, 0.5),
    [`${name}: right at half coverage, answerable`]: 1 - riskAt(answerable, 0.5),
    [`${name}: calibration error, all`]: calibrationError(all),
    [`${name}: calibration error, answerable`]: calibrationError(answerable),
  };
}

function scored(questions: readonly ReadingQuestion[], rows: readonly AnswerRow[]): Scored[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  return questions.map((question) => scoreRow(question, byId.get(question.id)));
}

function scoreRow({ answers, answerable }: ReadingQuestion, row: AnswerRow | undefined): Scored {
  const answer = row?.outcome === "answered" ? (row.answer ?? "") : "";
  const votes = (row?.consensus?.votes ?? []) as unknown as readonly Vote[];
  return {
    answerable,
    answered: answer !== "",
    right: answerable && answers.some((text) => holds(answer, text)),
    length: answer.length,
    score: row?.consensus?.score ?? 0,
    logos: votes.find(({ agent }) => agent === "logos")?.approval ?? 0,
    majority: votes.length === 0 ? 0 : majority(votes, RULES).score,
    ranked: votes.length === 0 ? 0 : ranked(votes, RULES).score,
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

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function table(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(52)} ${Number.isInteger(value) ? value : value.toFixed(3)}`)
    .join("\n");
}
