/** An escalation as every interface has it: what a question may be, the checks before the work, and its events. */
import * as z from "zod";
import { type Env, synapseOf } from "../env.ts";
import { CLOUD_ERROR_CODES, CloudError, type CloudErrorBody } from "../errors.ts";
import { holdsSecret } from "../sessions/session.ts";
import type { EscalationEvent } from "./escalate.ts";

const text = z.string().min(1).max(32_000);

export const Question = z.strictObject({
  requestId: z.string().regex(/^[\w.-]{8,100}$/),
  question: text,
  passages: z.array(z.strictObject({ heading: z.string().max(2000), text })).max(40),
  history: z
    .array(z.strictObject({ question: text, answer: text }))
    .max(20)
    .default([])
    .describe("What was said before, the oldest first"),
  framing: text.optional().describe("How the device reads the question"),
  constraints: z.array(text).max(40).default([]).describe("What the device refused earlier drafts for"),
  maxTokens: z.int().min(1).max(1_000_000).optional().describe("Tokens of the answer at most"),
  model: z.string().max(100).default("auto"),
  loraId: z.string().max(64).optional().describe("One of the account's adapters, to think with."),
  shared: z.boolean().default(false).describe("Whether to look also in what the project, or else the account, shares with the cloud."),
  projectId: z.uuid().optional().describe("Asked in a project, whose owner pays"),
});

/**
 * The events of one escalation, the last of them an answer or an error. Cancelling the stream stops the work; what it took
 * until then is charged.
 *
 * @throws CloudError for what is not begun at all
 */
export async function askCouncil(env: Env, userId: string, asked: z.infer<typeof Question>): Promise<ReadableStream<EscalationEvent>> {
  const { projectId, ...question } = asked;
  const passages = question.passages.flatMap(({ heading, text }) => [heading, text]);
  const said = question.history.flatMap(({ question, answer }) => [question, answer]);
  const beside = [...question.constraints, question.framing ?? ""];
  if ([question.question, ...passages, ...said, ...beside].some(holdsSecret)) throw new CloudError("not_redacted");
  const synapse = () => synapseOf(env, userId); // a stub that has failed once may go on failing
  const reader = crypto.randomUUID();
  const lines = await synapse().ask(userId, question, { reader, projectId });
  return lines.pipeThrough(new TextDecoderStream()).pipeThrough(parseLines(() => synapse().stay(reader)));
}

/** The error that an event tells of. */
export function asError({ error }: CloudErrorBody): CloudError {
  return new CloudError(CLOUD_ERROR_CODES.find((known) => known === error.code) ?? "internal");
}

/** @param stay answers an empty line, which asks whether anybody reads still */
function parseLines(stay: () => Promise<void>): TransformStream<string, EscalationEvent> {
  let rest = "";
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line) controller.enqueue(JSON.parse(line) as EscalationEvent);
        else stay().catch(() => {}); // it asks again
      }
    },
  });
}
