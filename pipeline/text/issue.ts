import type * as z from "zod/mini";

/** What is wrong with a value that somebody gave, in words that go after its key. */
export function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "too_small") return `it must be at least ${issue.minimum}`;
  if (issue?.code === "too_big") return `it must be at most ${issue.maximum}`;
  if (issue?.code === "invalid_type") return `it must be of type ${issue.expected}`;
  if (issue?.code === "invalid_value") return `it must be one of ${issue.values.join(", ")}`;
  if (issue?.code === "custom") return issue.message;
  return "it is not a value that can be used";
}
