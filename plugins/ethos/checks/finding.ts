import type { Brief, Veto, Warning } from "../../../kernel/index.ts";
import type { Evidence } from "../../../pipeline/text/evidence.ts";
import type { QuestionReading } from "../../../pipeline/text/question.ts";

/** What a check looks at: a draft on trial, its question and its sources, read once for all checks. */
export interface Trial {
  readonly brief: Brief<string>;
  readonly question: QuestionReading;
  readonly evidence: Evidence;
  /** The draft's text; empty where there is none. */
  readonly answer: string;
}

/** Something that a check has to say of a draft. The warning is shown with the answer. */
export interface Finding {
  readonly warning: Warning<string>;
  /** The answer must not be shown at all. */
  readonly veto?: Veto<string>;
  /** Why another draft would be better; the approval is lowered. */
  readonly objection?: string;
}
