/** How a brief is put to a model that has no council of its own: as the messages of a chat. */
import { type EscalationBrief, joinRedacted, type Message, programText, type Redacted, redacted } from "../../kernel/index.ts";
import { fenceFor } from "../think/fence.ts";
import { textsOf } from "./brief.ts";
import instructions from "./prompt.md";

/** The system's message first, then what was said before, then the question with its sources. */
export function messagesFor(brief: EscalationBrief): Message[] {
  const { question, passages, framing, history = [], constraints = [] } = brief;
  const fence = fenceFor(textsOf(brief));
  const sources = passages.map(({ heading, text }, at) =>
    fence(redacted`source [${at + 1}]`, heading ? redacted`${heading}\n\n${text}` : text),
  );
  const said: Message[] = history.flatMap((before) => [
    { role: "user", content: before.question },
    { role: "assistant", content: before.answer },
  ]);
  const parts: Redacted[] = [
    ...(sources.length > 0 ? sources : [redacted`There are no sources for this question.`]),
    ...(framing === undefined ? [] : [fence(redacted`how the question is read`, framing)]),
    ...(constraints.length > 0 ? [fence(redacted`what an earlier draft was refused for`, joinRedacted(constraints, "\n"))] : []),
    fence(redacted`question`, question),
  ];
  return [{ role: "system", content: programText(instructions) }, ...said, { role: "user", content: joinRedacted(parts, "\n\n") }];
}
