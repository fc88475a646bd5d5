import type { QuestionReading } from "../../../pipeline/text/question.ts";
import type { Candidate } from "../rank.ts";
import { plain } from "./plain.ts";
import type { Shape } from "./shape.ts";

/** Where the best sentence says all that is asked, or denies it, the answer says so before quoting it. */
export const yesNo: Shape = (found) => {
  const shaped = plain(found);
  const said = polarity(found.question, found.first, found.evidence.passages[found.first.sentence.passage]?.heading ?? new Set());
  return said !== undefined ? { ...shaped, lead: said ? "Yes: " : "No: " } : shaped;
};

const NEGATION = /\b(?:not|no|never|cannot|neither|nor|without|\w+n['’]t)\b/gi;
/** Words after which a statement holds only sometimes, or for something else. */
const LIMITED = /\b(?:if|unless|only|some|sometimes|may|might|could|should|except|but|however|although|until|before|partly|mostly|or)\b/i;

/** True: the sentence says it. False: it denies it. Undefined: neither is certain. */
function polarity({ text, content, negated }: QuestionReading, { sentence }: Candidate, heading: ReadonlySet<string>): boolean | undefined {
  if (negated || LIMITED.test(sentence.text) || LIMITED.test(text) || content.length < 2 || sentence.kind === "code") return undefined;
  const places = content.map(({ term }) => sentence.words.findIndex((word) => word.term === term));
  if (content.some(({ term }, at) => places[at] === -1 && !heading.has(term))) return undefined;
  const inOrder = places.filter((place) => place >= 0);
  // "Is A faster than B?" is not answered by "B is faster than A".
  if (inOrder.length < 2 || inOrder.some((place, at) => at > 0 && place < (inOrder[at - 1] ?? 0))) return undefined;
  const denials = sentence.text.match(NEGATION)?.length ?? 0;
  return denials > 1 ? undefined : denials === 0;
}
