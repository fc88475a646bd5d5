/** A request for the means of harm: an intent to make or do, and an object that has no other use. */
const RULES: readonly { readonly rule: string; readonly pattern: RegExp }[] = [
  {
    rule: "weapons",
    pattern:
      /\b(?:make|build|construct|synthesi[sz]e|produce|assemble)\b.{0,60}\b(?:bomb|explosive|nerve agent|sarin|chemical weapon|bioweapon)s?\b/i,
  },
  {
    rule: "violence",
    pattern:
      /\bhow (?:to|can i|do i|should i)\b.{0,20}\b(?:kill|murder|poison|kidnap)\b.{0,20}\b(?:him|her|someone|somebody|people|a person|my (?:wife|husband|boss|neighbou?r|friend))\b/i,
  },
];

/** The rule that a question breaks, by name, or undefined. */
export function brokenRule(question: string): string | undefined {
  return RULES.find(({ pattern }) => pattern.test(question))?.rule;
}
