/**
 * Quality of redaction on labelled texts (`DIR/redaction/*.jsonl`: `{id, text, spans: [{start, end, type}]}`, offsets in
 * code points).
 *
 * A labelled span is found when at least 90% of its letters and digits are covered by spans of a type that the table
 * below allows for its label; a span is right when at least half of its letters and digits are labelled so. "Any type"
 * counts covering alone: what matters for what leaves the machine; its misses are the leak rate.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Span } from "../../kernel/index.ts";
import { createDetector } from "../../plugins/privacy/detector.ts";

/** For each label of the data sets the types under which it may be hidden. Labels that are not listed are not counted. */
export const LABEL_TYPES: Readonly<Record<string, readonly string[]>> = {
  PERSON: ["PERSON", "TITLE", "USERNAME"],
  ORGANIZATION: ["ORGANIZATION"],
  GPE: ["LOCATION", "ADDRESS", "GROUP"],
  LOCATION: ["LOCATION", "ADDRESS", "COORDINATES"],
  STREET_ADDRESS: ["ADDRESS", "LOCATION", "ZIP_CODE"],
  ZIP_CODE: ["ZIP_CODE", "ADDRESS"],
  NRP: ["GROUP", "LOCATION"],
  TITLE: ["TITLE", "PERSON"],
  AGE: ["AGE"],
  DATE_TIME: ["DATE", "DATE_OF_BIRTH"],
  EMAIL_ADDRESS: ["EMAIL"],
  PHONE_NUMBER: ["PHONE"],
  CREDIT_CARD: ["CREDIT_CARD"],
  IBAN_CODE: ["IBAN"],
  US_SSN: ["SSN"],
  IP_ADDRESS: ["IP_ADDRESS"],
  DOMAIN_NAME: ["URL"],
  URL: ["URL"],
  US_DRIVER_LICENSE: ["DRIVER_LICENSE"],
};

interface LabelledText {
  readonly id: string | number;
  readonly text: string;
  readonly spans: readonly Span[];
}

/** One row of the result: spans of a label that were found of all, spans of its types that were right of all. */
export interface RedactionRow {
  readonly label: string;
  readonly spans: number;
  readonly found: number;
  readonly predicted: number;
  readonly right: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  readonly f2: number;
}

export interface RedactionEvaluation {
  readonly file: string;
  readonly rows: readonly RedactionRow[];
  /** With types. */
  readonly overall: RedactionRow;
  /** Covering alone. */
  readonly anyType: RedactionRow;
  /** Share of labelled letters and digits that stay readable, and of the others that are hidden. */
  readonly leakRate: number;
  readonly overRedaction: number;
}

/** Evaluates the detectors on every file of `dataDir/redaction`; gives the figures and the same as a plain-text table. */
export async function evaluateRedaction(dataDir: string): Promise<{ results: RedactionEvaluation[]; table: string }> {
  const folder = join(dataDir, "redaction");
  const detect = await createDetector();
  const results = readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl"))
    .map((name) => evaluate(name, readTexts(join(folder, name)), detect));
  return { results, table: results.map(tableOf).join("\n\n") };
}

function readTexts(file: string): LabelledText[] {
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => {
    const { id, text, spans } = JSON.parse(line) as LabelledText;
    const at = codeUnitOffsets(text);
    return { id, text, spans: spans.map(({ start, end, type }) => ({ start: at[start] ?? 0, end: at[end] ?? text.length, type })) };
  });
}

/** For each code point's index the index of its first code unit. */
function codeUnitOffsets(text: string): number[] {
  const offsets: number[] = [];
  let at = 0;
  for (const char of text) {
    offsets.push(at);
    at += char.length;
  }
  return [...offsets, at];
}

export function evaluate(file: string, texts: readonly LabelledText[], detect: (text: string) => readonly Span[]): RedactionEvaluation {
  const counts = new Map<string, Counts>();
  const of = (label: string) => counts.get(label) ?? (counts.set(label, new Counts()).get(label) as Counts);
  const overall = new Counts();
  const any = new Counts();
  const letters = { labelled: 0, leaked: 0, clean: 0, hidden: 0 };
  for (const { text, spans } of texts) {
    const gold = spans.filter(({ type }) => LABEL_TYPES[type] !== undefined);
    const found = detect(text);
    for (const span of gold) {
      const allowed = LABEL_TYPES[span.type] ?? [];
      const typed =
        share(
          text,
          span,
          found.filter(({ type }) => allowed.includes(type)),
        ) >= 0.9;
      of(span.type).gold(typed);
      overall.gold(typed);
      any.gold(share(text, span, found) >= 0.9);
    }
    for (const span of found) {
      const typed =
        share(
          text,
          span,
          gold.filter(({ type }) => LABEL_TYPES[type]?.includes(span.type)),
        ) >= 0.5;
      overall.predicted(typed);
      of(labelFor(span, gold)).predicted(typed);
      any.predicted(share(text, span, gold) >= 0.5);
    }
    countLetters(text, gold, found, letters);
  }
  const rows = [...counts].map(([label, count]) => count.row(label)).sort((a, b) => b.spans - a.spans || b.predicted - a.predicted);
  return {
    file,
    rows,
    overall: overall.row("all, with types"),
    anyType: any.row("all, any type"),
    leakRate: letters.leaked / Math.max(1, letters.labelled),
    overRedaction: letters.hidden / Math.max(1, letters.clean),
  };
}

/** The label that a found span counts for: one that it overlaps and whose types allow it, or the first that would. */
function labelFor(span: Span, gold: readonly Span[]): string {
  const fits = (label: string) => LABEL_TYPES[label]?.includes(span.type) ?? false;
  const touched = gold.find(({ start, end, type }) => start < span.end && span.start < end && fits(type));
  return touched?.type ?? Object.keys(LABEL_TYPES).find(fits) ?? `(${span.type})`;
}

const READABLE = /[\p{L}\p{N}]/u;

/** Share of the letters and digits of `span` that `others` cover. */
function share(text: string, span: Span, others: readonly Span[]): number {
  let all = 0;
  let covered = 0;
  for (let i = span.start; i < span.end; i++) {
    if (!READABLE.test(text.charAt(i))) continue;
    all++;
    if (others.some(({ start, end }) => i >= start && i < end)) covered++;
  }
  return all === 0 ? 0 : covered / all;
}

function countLetters(
  text: string,
  gold: readonly Span[],
  found: readonly Span[],
  letters: { labelled: number; leaked: number; clean: number; hidden: number },
): void {
  const within = (i: number, spans: readonly Span[]) => spans.some(({ start, end }) => i >= start && i < end);
  for (let i = 0; i < text.length; i++) {
    if (!READABLE.test(text.charAt(i))) continue;
    const hidden = within(i, found);
    if (within(i, gold)) {
      letters.labelled++;
      if (!hidden) letters.leaked++;
    } else {
      letters.clean++;
      if (hidden) letters.hidden++;
    }
  }
}

class Counts {
  #spans = 0;
  #found = 0;
  #predicted = 0;
  #right = 0;

  gold(found: boolean): void {
    this.#spans++;
    if (found) this.#found++;
  }

  predicted(right: boolean): void {
    this.#predicted++;
    if (right) this.#right++;
  }

  row(label: string): RedactionRow {
    const recall = this.#found / Math.max(1, this.#spans);
    const precision = this.#right / Math.max(1, this.#predicted);
    const f = (beta: number) => (precision + recall === 0 ? 0 : ((1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall));
    return {
      label,
      spans: this.#spans,
      found: this.#found,
      predicted: this.#predicted,
      right: this.#right,
      precision,
      recall,
      f1: f(1),
      f2: f(2),
    };
  }
}

function tableOf({ file, rows, overall, anyType, leakRate, overRedaction }: RedactionEvaluation): string {
  const head = `${"label".padEnd(20)}${["spans", "found", "marked", "right", "P", "R", "F1", "F2"].map((name) => name.padStart(8)).join("")}`;
  const line = (row: RedactionRow) =>
    row.label.padEnd(20) +
    [row.spans, row.found, row.predicted, row.right].map((count) => String(count).padStart(8)).join("") +
    [row.precision, row.recall, row.f1, row.f2].map((ratio) => ratio.toFixed(3).padStart(8)).join("");
  const percent = (ratio: number) => `${(100 * ratio).toFixed(2)}%`;
  return [
    file,
    head,
    ...rows.map(line),
    line(overall),
    line(anyType),
    `leaked ${percent(leakRate)} of labelled letters and digits; hid ${percent(overRedaction)} of the others`,
  ].join("\n");
}
