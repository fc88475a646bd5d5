import type { Ballot, Brief, Draft, Passage } from "../../kernel/index.ts";
import { destroysUnasked } from "../../pipeline/text/dangers.ts";
import { readEvidence } from "../../pipeline/text/evidence.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { type Candidate, rankSentences } from "./rank.ts";
import { revise } from "./revise.ts";
import { shape } from "./shapes/index.ts";
import type { Shaped } from "./shapes/shape.ts";

/** Drafts an answer, or none where no sentence of the passages shares a word with the question. */
export function draftAnswer(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const evidence = readEvidence(brief.passages);
  const ranked = revise(rankSentences(question, brief.passages, evidence), question, brief);
  // A sentence that only fills up an answer, or takes the place of a better one, is not worth a veto.
  const harmless = ranked.filter(({ sentence }) => !destroysUnasked(sentence.text, question.text));
  const first = (brief.round > 1 ? harmless : ranked).find((candidate) => !wasRefused(brief, candidate));
  if (!first) return { approval: 0, reason: "I found no sentence that speaks about this." };
  const draft = compose(shape({ question, evidence, first, ranked: harmless }), brief.passages);
  return { approval: 1, reason: brief.round > 1 ? "I looked for another answer." : "I found sentences that answer.", draft };
}

/** A sentence on which an earlier draft began is not offered first again. */
function wasRefused({ earlier = [] }: Brief<string>, { sentence }: Candidate): boolean {
  return earlier.some(({ quotes: [refused] }) => refused?.passage === sentence.passage && refused.start === sentence.start);
}

/** Puts the quotes one after another, each with its number; on lines of their own where one has several lines. */
function compose({ quotes, lead = "", listed = false }: Shaped, passages: readonly Passage<string>[]): Draft<string> {
  const texts = quotes.flatMap(({ passage, start, end }) => {
    const source = passages[passage];
    return source ? [source.text.slice(start, end)] : [];
  });
  const inBlocks = texts.some((text) => /\n\s*(?:[-*+•]|\d{1,3}[.)]|```|~~~|\n)|^```/.test(text));
  const pieces = texts.map((text, i) => (/(?:```|~~~)\s*$/.test(text) ? `${text}\n[${i + 1}]` : `${text} [${i + 1}]`));
  if (listed && !inBlocks) return { text: pieces.map((piece) => (/^[-*+•]\s/.test(piece) ? piece : `- ${piece}`)).join("\n"), quotes };
  return { text: lead + pieces.join(inBlocks ? "\n\n" : " "), quotes };
}
