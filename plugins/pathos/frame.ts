import { type Ballot, type Brief, joinRedacted, type Redacted, redacted, sliceRedacted } from "../../kernel/index.ts";
import { type QuestionReading, readQuestion } from "../../pipeline/text/question.ts";

/** What kind of request this is, from its wording. */
export function intentOf({ text, expects }: QuestionReading): string {
  const low = text.trim().toLowerCase();
  if (/^(?:hi|hello|hey|thanks|thank you|good (?:morning|evening|afternoon))\b[^?]{0,20}$/.test(low)) return "small talk";
  if (/\b(?:compare|difference between|differ|versus|vs\.?)\b/.test(low)) return "compare";
  if (/\b(?:summari[sz]e|summary|overview|tl;?dr)\b/.test(low)) return "summarise";
  if (/^(?:list|name all|enumerate)\b|\bwhat are (?:all|the (?:different|various|main))\b/.test(low)) return "list";
  if (/^(?:what (?:is|are) (?:an? )?\S+(?: \S+)?\??$|define\b|what does .* mean)/.test(low)) return "define";
  if (expects === "steps") return "how-to";
  return expects === "reason" ? "why" : "fact";
}

/** Frames the question; from the second round on, offers another wording: its content words alone, and what objections name. */
export function frame(brief: Brief): Ballot {
  const question = readQuestion(brief.question);
  const framing = {
    intent: intentOf(question),
    expects: question.expects,
    terms: question.content.map(({ term }) => term),
    ...(brief.round > 1 || brief.passages.length === 0 ? { reframed: contentOnly(brief.question, question) } : {}),
  };
  return { approval: 1, reason: redacted`I know what is asked.`, framing };
}

function contentOnly(text: Redacted, { content }: QuestionReading): Redacted {
  return joinRedacted(
    content.map(({ start, end }) => sliceRedacted(text, start, end)),
    " ",
  );
}
