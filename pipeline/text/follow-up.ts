import { findValues } from "./values.ts";

const GOING_ON = /^(?:and|but|so|then|also|what about|how about|why|how|when|where)\b/i;
const REFERRING = /\b(?:it|its|he|him|his|she|her|they|them|their|this|that|these|those|there|one|ones)\b/i;

/** Whether a question leans on the one before it: it names nothing itself, and refers to something or begins in the middle. */
export function isFollowUp(question: string): boolean {
  const text = question.trim();
  if (findValues(text).some(({ kind }) => kind === "name")) return false;
  return REFERRING.test(text) || (GOING_ON.test(text) && text.split(/\s+/).length <= 4);
}
