import type { Quote } from "../../../kernel/index.ts";
import type { Evidence } from "../../../pipeline/text/evidence.ts";
import type { Candidate } from "../rank.ts";
import { ANNOUNCED, type Shape } from "./shape.ts";

/** A section is quoted up to this many characters. */
const MOST_SECTION = 800;

/** Steps stand in order and often in code: the section that its heading announces is quoted from its beginning. */
export const steps: Shape = ({ first, evidence }) => (isAnnounced(first) ? { quotes: [section(first, evidence)] } : undefined);

/** A list or table under the heading that the question asks for, whole, as far as there is room. */
export const list: Shape = ({ first, evidence }) => {
  const sentences = evidence.passages[first.sentence.passage]?.sentences ?? [];
  const rows = sentences.filter(({ kind, text }) => kind === "item" || text.startsWith("|"));
  return isAnnounced(first) && rows.length >= 3 ? { quotes: [section(first, evidence)] } : undefined;
};

function isAnnounced({ features }: Candidate): boolean {
  return (features["headed"] ?? 0) >= ANNOUNCED;
}

function section({ sentence }: Candidate, { passages }: Evidence): Quote {
  const sentences = passages[sentence.passage]?.sentences ?? [];
  const start = sentences[0]?.start ?? sentence.start;
  const last = sentences.findLast(({ end }) => end - start <= MOST_SECTION) ?? sentences[0] ?? sentence;
  return { passage: sentence.passage, start, end: last.end };
}
