/** Ethos with a model: the rules screen and check as ever, and the model may find more that speaks against a draft. */
import { type Context, programText, type ThinkingAgent } from "../../kernel/index.ts";
import { judgeWithModel, lower } from "../../pipeline/think/judgement.ts";
import judgePrompt from "./prompts/judge.md";

export function withGenerator(context: Context): ThinkingAgent {
  return async (ballot, brief, call) =>
    brief.phase === "propose" ? ballot : judgeWithModel(context, "ethos", programText(judgePrompt), lower, [ballot, brief, call]);
}
