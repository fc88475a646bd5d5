/**
 * One pass over a text for all patterns: where an anchor stands, and only there, the regular expressions of its patterns
 * are tried, each bound to its place (sticky).
 */
import type { Span } from "../../../kernel/index.ts";
import type { Pattern } from "../patterns/pattern.ts";
import { Detector } from "./detector.ts";
import { detectorsForRun, runTable } from "./runs.ts";
import { createTrigger } from "./trigger.ts";

export type Scanner = (text: string) => Span[];

/** How a run of at least three digits begins: shorter numbers, of which texts are full, are not looked at. */
const RUN_STARTS = ["###", "#.#", "#-#", "# #", "##.#", "##-#", "## #"];

/** Says where the values stand that `patterns` describe. Time is linear in the length of the text. */
export function createScanner(patterns: readonly Pattern[]): Scanner {
  const detectors = patterns.map((entry) => new Detector(entry));
  const everywhere = detectors.filter(({ anchors, digits }) => anchors.length === 0 && digits === undefined);
  const owners = detectors.flatMap((detector) => detector.anchors.map(() => detector));
  const anchors = detectors.flatMap(({ anchors, ignoreCase, reachesBack }) =>
    anchors.map((text) => ({ text, ignoreCase, atWord: !reachesBack })),
  );
  const onDigits = runTable(detectors.filter(({ digits }) => digits !== undefined));
  const trigger = createTrigger([...anchors, ...RUN_STARTS.map((text) => ({ text, ignoreCase: false, atWord: true }))]);
  let id = 0;
  return (text) => {
    const spans: Span[] = [];
    id++;
    trigger(text, (at, anchor) => {
      const owner = owners[anchor];
      if (owner) owner.tryAt(text, id, at, spans);
      else for (const detector of detectorsForRun(text, at, onDigits)) detector.tryAt(text, id, at, spans);
    });
    for (const detector of everywhere) detector.runOver(text, spans);
    return spans;
  };
}
