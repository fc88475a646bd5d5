import type { Ballot, Brief } from "../../kernel/index.ts";
import { languageOf } from "../../pipeline/text/language.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";
import { expansion } from "./expand.ts";
import { expertiseOf } from "./expertise.ts";
import { sensesOf } from "./senses.ts";

/**
 * Frames the question; from the second round on, offers another wording: its content words alone, and words that keep
 * them company in what was found.
 */
export function frame(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const [expertise, language, senses] = [expertiseOf(brief.question), languageOf(brief.question), sensesOf(brief.question, brief.passages)];
  const framing = {
    intent: question.intent,
    expects: question.expects,
    terms: question.content.map(({ term }) => term),
    ...(expertise && { expertise }),
    ...(language && { language }),
    ...(senses.length > 0 && { senses }),
    ...(brief.round > 1 || brief.passages.length === 0 ? { reframed: reworded(brief, question) } : {}),
  };
  return { approval: 1, reason: "I know what is asked.", framing };
}

function reworded({ question, passages }: Brief<string>, reading: QuestionReading): string {
  return [...reading.content.map(({ start, end }) => question.slice(start, end)), ...expansion(reading, passages)].join(" ");
}
