import type { Ballot, Brief } from "../../kernel/index.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";

/** Frames the question; from the second round on, offers another wording: its content words alone, and what objections name. */
export function frame(brief: Brief<string>): Ballot<string> {
  const question = readQuestion(brief.question);
  const framing = {
    intent: question.intent,
    expects: question.expects,
    terms: question.content.map(({ term }) => term),
    ...(brief.round > 1 || brief.passages.length === 0 ? { reframed: contentOnly(brief.question, question) } : {}),
  };
  return { approval: 1, reason: `I know what is asked.`, framing };
}

function contentOnly(text: string, { content }: QuestionReading): string {
  return content.map(({ start, end }) => text.slice(start, end)).join(" ");
}
