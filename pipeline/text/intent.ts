import type { Expectation } from "../../kernel/index.ts";

/** What kind of request a question is. */
export type Intent = "fact" | "why" | "how-to" | "define" | "list" | "compare" | "summarise" | "small talk";

const INTENTS: readonly [RegExp, Intent][] = [
  [/^(?:hi|hello|hey|thanks|thank you|good (?:morning|evening|afternoon))\b[^?]{0,20}$/, "small talk"],
  [/\b(?:compare|differences? between|differ(?:s|ent)? from|versus|vs\.?)\b/, "compare"],
  [/\b(?:summari[sz]e|summary of|overview of|tl;?dr|in short)\b/, "summarise"],
  [
    /^(?:list|name all|enumerate|give me a list)\b|\b(?:what|which) are (?:all|the (?:different|various|main|available|supported|possible|kinds|types))\b/,
    "list",
  ],
  [
    /^(?:what(?:'s| is| are) (?:an? |the )?[\w@./'-]+(?: [\w@./'-]+){0,2}\??$|define\b|what does .{1,60} (?:mean|stand for|do)\??$|what (?:is|are) .{1,60} (?:for|about)\??$|who is [\w.'-]+(?: [\w.'-]+){0,2}\??$)/,
    "define",
  ],
];

/** The intent that a question's wording shows. */
export function intentOf(text: string, expects: Expectation): Intent {
  const low = text.trim().toLowerCase().replace(/\s+/g, " ");
  const found = INTENTS.find(([pattern]) => pattern.test(low))?.[1];
  if (found) return found;
  if (expects === "steps") return "how-to";
  return expects === "reason" ? "why" : "fact";
}
