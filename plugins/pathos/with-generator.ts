/** Pathos with a model: it frames the question, and judges whether the draft gives what was asked for. */
import {
  type Ballot,
  type Brief,
  type Call,
  type Context,
  type Framing,
  programText,
  SynesisError,
  type ThinkingAgent,
} from "../../kernel/index.ts";
import { judgeWithModel, mean } from "../../pipeline/think/judgement.ts";
import { shownTo } from "../../pipeline/think/shown-to.ts";
import { think } from "../../pipeline/think/think.ts";
import framePrompt from "./prompts/frame.md";
import frameSchema from "./prompts/frame.schema.json" with { type: "json" };
import judgePrompt from "./prompts/judge.md";

export function withGenerator(context: Context): ThinkingAgent {
  return (ballot, brief, call) =>
    brief.phase === "propose"
      ? frameWithModel(context, ballot, brief, call)
      : judgeWithModel(context, "pathos", programText(judgePrompt), mean, [ballot, brief, call]);
}

/** The framing by rules is good enough where the model cannot give one. */
async function frameWithModel(context: Context, ballot: Ballot, brief: Brief, call: Call): Promise<Ballot> {
  if (!ballot.framing) return ballot;
  const inquiry = {
    agent: "pathos",
    task: programText(framePrompt),
    schema: () => frameSchema,
    read: (value: unknown) => value as { expects: Framing["expects"]; standalone: string },
  };
  try {
    const { expects, standalone } = await think(context.service("generator"), brief, inquiry, call);
    const reframed = await context.redactWritten(standalone.trim(), shownTo(brief), brief.session, call);
    const isNew = reframed !== "" && reframed.toLowerCase() !== brief.question.toLowerCase();
    return { ...ballot, framing: { ...ballot.framing, expects, ...(isNew ? { reframed } : {}) } };
  } catch (error) {
    if (error instanceof SynesisError && error.code === "GENERATOR_INVALID_JSON") return ballot;
    throw error;
  }
}
