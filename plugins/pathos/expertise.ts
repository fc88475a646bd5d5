/** For whom an answer is meant, as far as the wording of the question says so. */
import type { Framing } from "../../kernel/index.ts";

const BEGINNER =
  /\b(?:in (?:simple|plain|easy|layman'?s|lay) (?:terms|words|language|english)|simply put|(?:for|as) (?:a |an )?(?:complete |absolute |total )?(?:beginners?|newbies?|novices?|dumm(?:y|ies)|laym[ae]n|non-?experts?|child|five[- ]year[- ]old)|i(?:'m| am) (?:completely |totally |quite )?(?:new to|a beginner|not (?:a |very )?(?:technical|expert|programmer))|eli5|like i(?:'m| am) (?:five|5)|without (?:jargon|code))\b/i;
const EXPERT =
  /\b(?:in (?:full |technical |great |more )?detail|internals?|under the hood|at (?:the )?(?:byte|bit|protocol|implementation|assembly) level|(?:as|for) an? (?:\w+ )?(?:expert|engineer|specialist|professional|developer)s?|edge cases|complexity of|trade-?offs?|specification of|formally|low-level)\b/i;

export function expertiseOf(question: string): Framing["expertise"] {
  if (BEGINNER.test(question)) return "beginner";
  return EXPERT.test(question) ? "expert" : undefined;
}
