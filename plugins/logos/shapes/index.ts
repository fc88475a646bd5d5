/** The shape of an answer, by what is asked. */
import type { QuestionReading } from "../../../pipeline/text/question.ts";
import { comparison } from "./comparison.ts";
import { definition } from "./definition.ts";
import { plain } from "./plain.ts";
import { list, steps } from "./section.ts";
import type { Found, Shape, Shaped } from "./shape.ts";
import { summary } from "./summary.ts";
import { yesNo } from "./yes-no.ts";

/** Gives the answer its shape; the plain one where what was found does not suit the question's own. */
export function shape(found: Found): Shaped {
  return shapeFor(found.question)?.(found) ?? plain(found);
}

function shapeFor({ intent, expects }: QuestionReading): Shape | undefined {
  if (intent === "compare") return comparison;
  if (intent === "summarise") return summary;
  if (intent === "list") return list;
  if (intent === "define") return definition;
  if (expects === "steps") return steps;
  return expects === "yes-no" ? yesNo : undefined;
}
