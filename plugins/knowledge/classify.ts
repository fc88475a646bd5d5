import type { PrivacyClass, PrivacyFindings } from "../../kernel/index.ts";
import type { Range } from "../../pipeline/text/sentences.ts";

/** A value that is not public, and where it stands in a text. */
export interface Finding extends Range {
  readonly type: string;
  readonly class: Exclude<PrivacyClass, "public">;
}

/** Finds what is not public in a text: disjoint, in order. The default export of a module that the program chooses. */
export type Classifier = (text: string) => readonly Finding[];

/** What was found in a range of the text that `findings` are of, or in all of it. */
export function summarise(
  findings: readonly Finding[],
  { start, end }: Range = { start: 0, end: Number.POSITIVE_INFINITY },
): PrivacyFindings {
  const counts: Record<string, number> = {};
  let isSecret = false;
  for (let i = firstEndingAfter(findings, start); i < findings.length; i++) {
    const finding = findings[i] as Finding;
    if (finding.start >= end) break;
    counts[finding.type] = (counts[finding.type] ?? 0) + 1;
    isSecret ||= finding.class === "secret";
  }
  return { class: isSecret ? "secret" : Object.keys(counts).length > 0 ? "personal" : "public", counts };
}

function firstEndingAfter(findings: readonly Finding[], offset: number): number {
  let low = 0;
  let high = findings.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((findings[middle] as Finding).end > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
