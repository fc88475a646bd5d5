import type { Expectation } from "../../kernel/index.ts";
import type { QuestionReading } from "./question.ts";
import type { Word } from "./terms.ts";
import { findValues, isNumberWord, type ValueKind } from "./values.ts";

const NEEDED: Partial<Record<Expectation, ValueKind>> = { person: "name", place: "name", date: "date", number: "number" };

const REASON =
  /\b(?:because|due to|owing to|thanks to|since|so that|in order to|as a result|result(?:ed|s)? (?:in|from)|caused? by|led to|therefore|thus|hence|reasons?|for the purpose|to (?:avoid|prevent|make|get|allow|protect|ensure|help|reduce|keep|gain|obtain|secure))\b/i;
const STEPS =
  /(?:^|\n)\s*(?:[-*]|\d+[.)])\s|```|`[^`]+`|\b(?:run|type|enter|click|select|open|install|use|add|set|create|then|first|press)\b/i;

/** In documentation a place is a path, a file or an address. */
const PATH_OR_ADDRESS =
  /`[^`\n]*[./\\][^`\n]*`|\bhttps?:\/\/|(?:^|\s)[~.]?\/[\w.-]+|\b\w+\.(?:json|md|db|ya?ml|toml|txt|js|ts|log|env|ini)\b/;

/**
 * Whether a text holds a thing of the kind that the question asks for, other than what the question itself names:
 * 1 yes, 0 no, 0.5 where the question asks for nothing that can be told from the words.
 */
export function answersInKind(question: QuestionReading, text: string, read?: readonly Word[]): number {
  const { expects } = question;
  if (expects === "reason") return REASON.test(text) ? 1 : 0;
  if (expects === "steps") return STEPS.test(text) ? 1 : 0;
  const kind = NEEDED[expects];
  if (!kind) return 0.5;
  if (expects === "place" && PATH_OR_ADDRESS.test(text)) return 1;
  const asked = new Set(question.content.map(({ term }) => term));
  const kinds: readonly ValueKind[] = kind === "number" ? ["number", "date"] : [kind];
  return findValues(text, read).some((value) => kinds.includes(value.kind) && !value.terms.every((term) => asked.has(term))) ? 1 : 0;
}

/**
 * Whether the text counts what "how many" asks for: a number shortly before the thing. 1 yes, 0 no, 0.5 where nothing
 * is counted.
 */
export function countsWhatIsAsked({ text, content }: QuestionReading, read: readonly Word[]): number {
  const asked = /\bhow many\s/i.exec(text);
  const head = asked && content.find(({ start }) => start >= asked.index + asked[0].length);
  if (!head) return 0.5;
  return read.some(({ term }, at) => term === head.term && read.slice(Math.max(0, at - 4), at).some(({ surface }) => isNumberWord(surface)))
    ? 1
    : 0;
}
