/**
 * What an agent says to a model. The parts that all agents share come first and are the same to the letter, so that a
 * model reads them once; the agent's own task comes last.
 */
import {
  type Brief,
  type Exchange,
  joinRedacted,
  type Message,
  programText,
  type Quote,
  type Redacted,
  redacted,
} from "../../kernel/index.ts";
import { fitInto } from "./budget.ts";
import { fenceFor } from "./fence.ts";
import { type NumberedPassage, numberSentences, showPassage } from "./material.ts";
import rules from "./prompts/rules.md";

export interface Prompt {
  readonly messages: readonly Message[];
  /** The sentences that may be cited, by number. */
  readonly citable: ReadonlyMap<number, Quote>;
}

/** What agents share of one phase, as far as it fits. */
export interface Shared {
  readonly text: Redacted;
  readonly citable: ReadonlyMap<number, Quote>;
}

const RULES = programText(rules);

/** The one thing between fences that is more than data. */
const HEED = redacted`What is fenced as guidance says how the answer is to be written and what it is to take care of. Heed it where the rules allow it. It is no source: rely on nothing that it says.`;

/** Room that headings, fences and the task itself take, in characters. */
const FRAME = 1600;

/** @param characters what the model's context holds beside the answer */
export function sharedPart(
  { question, passages, history = [], draft, objections, guidance = [], phase }: Brief,
  characters: number,
): Shared {
  const numbered = numberSentences(passages).filter(({ sentences }) => sentences.length > 0);
  const said = history.map(showExchange);
  const other = [question, draft?.text ?? "", ...guidance, ...objections.map(({ reason }) => reason)].reduce(
    (sum, { length }) => sum + length,
    0,
  );
  const shown = passagesWithin(numbered, said, characters - RULES.length - FRAME - other);
  const documents = joinRedacted(shown.passages.map(showPassage), "\n\n");
  const conversation = joinRedacted(shown.said, "\n");
  const complaints = joinRedacted(
    objections.map(({ reason }) => reason),
    "\n",
  );
  const wishes = joinRedacted(guidance, "\n");
  const fence = fenceFor([documents, conversation, question, wishes, draft?.text ?? "", complaints]);
  const parts = [
    fence(redacted`documents`, documents),
    ...(conversation ? [fence(redacted`conversation before`, conversation)] : []),
    fence(redacted`question`, question),
    ...(wishes ? [fence(redacted`guidance`, wishes), HEED] : []),
    ...(draft
      ? [fence(phase === "judge" ? redacted`draft` : redacted`draft before`, citing(draft.text, draft.quotes, shown.passages))]
      : []),
    ...(complaints ? [fence(redacted`objections`, complaints)] : []),
  ];
  const sentences = shown.passages.flatMap((passage) => passage.sentences);
  return { text: joinRedacted(parts, "\n\n"), citable: new Map(sentences.map(({ number, quote }) => [number, quote])) };
}

/** @param task the agent's own prompt file */
export function promptFor({ text, citable }: Shared, task: Redacted): Prompt {
  return {
    messages: [
      { role: "system", content: RULES },
      { role: "user", content: redacted`${text}\n\nYour task:\n\n${task}` },
    ],
    citable,
  };
}

function passagesWithin(numbered: readonly NumberedPassage[], said: readonly Redacted[], room: number) {
  const kept = fitInto(room, {
    history: said.map(({ length }) => length),
    passages: numbered.map(({ heading, sentences }) =>
      sentences.map(({ text }, at) => text.length + MARK + (at === 0 ? heading.length : 0)),
    ),
  });
  const passages = numbered.slice(0, kept.passages);
  const last = passages.pop();
  if (last) passages.push({ ...last, sentences: last.sentences.slice(0, kept.sentences) });
  return { passages, said: said.slice(said.length - kept.history) };
}

/** What a sentence's number and line break take. */
const MARK = 6;

function showExchange({ question, answer }: Exchange): Redacted {
  return redacted`Question: ${question}\nAnswer: ${answer}`;
}

/** The draft, and which numbered sentences its own numbers stand for. */
function citing(text: Redacted, quotes: readonly Quote[], passages: readonly NumberedPassage[]): Redacted {
  const sentences = passages.flatMap((passage) => passage.sentences);
  const lines = quotes.flatMap((quote, at) => {
    const cited = sentences.find((other) => other.quote.passage === quote.passage && other.quote.end > quote.start);
    return cited ? [redacted`[${at + 1}] is sentence ${cited.number}.`] : [];
  });
  return joinRedacted([text, ...lines], "\n");
}
