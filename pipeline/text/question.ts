/** What can be read from the wording of a question alone. */
import type { Expectation } from "../../kernel/index.ts";
import { type Intent, intentOf } from "./intent.ts";
import { STOP_WORDS, type Word, words } from "./terms.ts";
import { findValues, type Value } from "./values.ts";

export interface QuestionReading {
  readonly text: string;
  readonly intent: Intent;
  readonly expects: Expectation;
  /** The words that carry it: no stop words, no question words, none twice. */
  readonly content: readonly Word[];
  readonly values: readonly Value[];
  readonly negated: boolean;
}

// Words that only ask: they stand in questions whatever these are about.
const ASKING = new Set(
  "many much type types kind kinds name named call called find tell show explain describe please give list summarise summarize summary overview difference differences compare mean means meaning define definition happen happens".split(
    " ",
  ),
);

const EXPECTATIONS: readonly [RegExp, Expectation][] = [
  [
    /^(?:please )?(?:how (?:do|can|could|should|would|to)(?: (?:i|we|you|one|someone))?\b(?! (?:many|much))|what (?:are|is) the (?:steps|command)|steps )/,
    "steps",
  ],
  [
    /\bhow (?:many|much|long|far|old|tall|big|small|large|high|deep|wide|often|fast|heavy)\b|\bwhat (?:number|percent|percentage|amount|proportion|fraction|share|population)\b/,
    "number",
  ],
  [
    /^(?:(?:since|until|by|from) )?when\b(?! (?:should|do|does|can|must|may|would) (?:i|we|you|one|the user)\b)|\b(?:since|until|and|in|on|,) when\b|\bwhen\??$|\b(?:what|which|in what|in which)\s+(?:\w+ )?(?:year|years|date|day|month|century|centuries|decade|time|era|period)\b/,
    "date",
  ],
  [
    /\b(?:who|whom|whose)\b|\b(?:what|which) (?:\w+ )?(?:person|man|woman|king|queen|leader|president|author|scientist|historian|general|emperor)\b/,
    "person",
  ],
  [
    /\bwhere\b|\b(?:what|which) (?:\w+ )?(?:country|countries|city|cities|place|places|region|state|town|location|continent|river|island|area)\b/,
    "place",
  ],
  [/\bwhy\b|\bwhat (?:\w+ )?(?:reason|reasons|cause|causes|caused|led|purpose)\b|\bhow come\b/, "reason"],
  [/^(?:is|are|was|were|do|does|did|can|could|will|would|has|have|had|should|must|may)\b/, "yes-no"],
];

export function readQuestion(text: string): QuestionReading {
  const read = words(text);
  const low = text.trim().toLowerCase().replace(/\s+/g, " ");
  const seen = new Set<string>();
  const content = read.filter(({ surface, term }) => {
    const small = surface.toLowerCase();
    const carries = !STOP_WORDS.has(small) && !ASKING.has(small) && !seen.has(term);
    seen.add(term);
    return carries;
  });
  const expects = EXPECTATIONS.find(([pattern]) => pattern.test(low))?.[1] ?? "anything";
  return {
    text,
    intent: intentOf(text, expects),
    expects,
    content,
    values: findValues(text, read),
    negated: /\b(?:not|never|no|without|except|\w+n['’]t)\b/.test(low),
  };
}
