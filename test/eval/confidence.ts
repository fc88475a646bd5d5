/** What a confidence is worth: risk against coverage, and calibration. */
export interface Judged {
  /** From 0 to 1. */
  readonly confidence: number;
  readonly right: boolean;
}

/** Share of wrong answers among the most confident `coverage` of all; equal confidences share their risk. */
export function riskAt(judged: readonly Judged[], coverage: number): number {
  return risks(judged)[Math.max(0, Math.ceil(judged.length * coverage) - 1)] ?? 0;
}

/** Area under the risk-coverage curve: the mean risk over all coverages; lower is better. */
export function areaUnderRisk(judged: readonly Judged[]): number {
  const all = risks(judged);
  return all.length === 0 ? 0 : all.reduce((sum, risk) => sum + risk, 0) / all.length;
}

/** The risk when the n + 1 most confident are kept. Ties are broken by their mean, so that order in the file counts for nothing. */
function risks(judged: readonly Judged[]): number[] {
  const wrongByConfidence = new Map<number, { wrong: number; count: number }>();
  for (const { confidence, right } of judged) {
    const group = wrongByConfidence.get(confidence) ?? { wrong: 0, count: 0 };
    wrongByConfidence.set(confidence, { wrong: group.wrong + (right ? 0 : 1), count: group.count + 1 });
  }
  const all: number[] = [];
  let wrong = 0;
  for (const [, group] of [...wrongByConfidence].sort(([a], [b]) => b - a)) {
    for (let i = 0; i < group.count; i++) {
      wrong += group.wrong / group.count;
      all.push(wrong / (all.length + 1));
    }
  }
  return all;
}

/** Expected calibration error: the mean distance between confidence and share right, over ten bins of equal width. */
export function calibrationError(judged: readonly Judged[]): number {
  const bins = Array.from({ length: 10 }, () => ({ confidence: 0, right: 0 }));
  for (const { confidence, right } of judged) {
    const bin = bins[Math.min(9, Math.floor(confidence * 10))];
    if (!bin) continue;
    bin.confidence += confidence;
    bin.right += right ? 1 : 0;
  }
  const distance = bins.reduce((sum, { confidence, right }) => sum + Math.abs(confidence - right), 0);
  return judged.length === 0 ? 0 : distance / judged.length;
}
