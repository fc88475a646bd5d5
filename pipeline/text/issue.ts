import type * as z from "zod/mini";

/** What is wrong with a value that somebody gave, in words that go after its key. */
export function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === "too_small") return `${measured(issue.origin)} must be at least ${issue.minimum}`;
  if (issue?.code === "too_big") return `${measured(issue.origin)} must be at most ${issue.maximum}`;
  if (issue?.code === "invalid_type") return `it must be of type ${issue.expected}`;
  if (issue?.code === "invalid_value") return `it must be one of ${issue.values.join(", ")}`;
  if (issue?.code === "custom") return issue.message;
  if (issue?.code === "invalid_format" && issue.message.startsWith("it ")) return issue.message; // the setting's own words
  return "it is not a value that can be used";
}

const measured = (origin: string) => (origin === "string" || origin === "array" ? "its length" : "it");
