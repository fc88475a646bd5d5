/** Sessions full of personal data, the same for the same seed: what a user asks, said before, and the files it is about. */
import type { Span } from "../../kernel/index.ts";
import { builtInPatterns } from "../../plugins/privacy/patterns/index.ts";
import { createScanner } from "../../plugins/privacy/scan/scanner.ts";
import { plantedTexts, seeded } from "../bench/redaction-corpus.ts";

type Random = () => number;

/** A raw text and the secrets that were planted in it. */
export interface Planted {
  readonly text: string;
  readonly values: readonly PlantedValue[];
}

export interface PlantedValue {
  readonly value: string;
  readonly type: string;
  /** What finds it: a pattern, or the tagger of names and addresses, which is weaker. */
  readonly by: "patterns" | "names";
}

export interface PlantedSession {
  readonly history: readonly Planted[];
  readonly question: Planted;
  /** What Ethos objected to, or the arguments of a tool: JSON. */
  readonly objection: Planted;
  readonly passages: readonly { readonly fileName: Planted; readonly heading: Planted; readonly text: Planted }[];
}

const split = (text: string) => text.split("|");
const FIRST = split("Anna|James|Maria|Robert|Elena|Thomas|Sofia|Daniel|Ingrid|Peter|Laura|Michael|Claire|Andrew|Julia|Stephen");
const LAST = split("Berg|Miller|Rossi|Thompson|Schneider|Carter|Lindqvist|Morgan|Novak|Bennett|Fischer|Sullivan|Moreau|Harris");
const CITIES = split("Chicago|Hamburg|Lyon|Toronto|Bristol|Vienna|Madrid|Stockholm|Denver|Milan");
const STREETS = split("Main Street|Oak Avenue|Park Road|Church Lane|Mill Street");
const ASKED = split(
  "What did # write about the delivery?|When does the contract with # end?|Why was # charged twice?|Who answered # last week?",
);
const HEADINGS = split("Account of #|Complaint, #|Notes on #|Payroll / #|Contact: #");
const SAID = split("My name is #.|Please ask for # at the desk.|Regards,\n#|Dear #,|I spoke with # yesterday.|# lives in Hamburg.");

/** Each example of each pattern, with what the pattern itself says is to be hidden in it. */
const EXAMPLES: readonly Planted[] = builtInPatterns.flatMap((pattern) => {
  const scan = createScanner([pattern]);
  return pattern.matches.map((text) => ({ text, values: valuesAt(text, scan(text)) }));
});

export function plantedSession(seed: number): PlantedSession {
  const random = seeded(seed * 7919 + 17);
  const corpus: Planted[] = plantedTexts(3, 260, seed).map(({ text, spans }) => ({ text, values: valuesAt(text, spans) }));
  const part = (i: number) => joined([corpus[i] as Planted, example(random), name(random, SAID)], "\n");
  return {
    history: random() < 0.5 ? [joined([name(random, SAID), example(random)], "\n")] : [],
    question: joined([name(random, ASKED), part(0)], "\n"),
    objection: inJson(name(random, SAID)),
    passages: [1, 2].map((i) => ({
      fileName: fileName(random),
      heading: name(random, HEADINGS),
      text: joined([part(i), address(random)], "\n\n"),
    })),
  };
}

function valuesAt(text: string, spans: readonly Span[]): PlantedValue[] {
  return spans.map(({ start, end, type }) => ({ value: text.slice(start, end), type, by: "patterns" }));
}

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const person = (random: Random) => `${pick(random, FIRST)} ${pick(random, LAST)}`;
const example = (random: Random) => pick(random, EXAMPLES);

function name(random: Random, templates: readonly string[]): Planted {
  const value = person(random);
  return { text: pick(random, templates).replace("#", value), values: [{ value, type: "PERSON", by: "names" }] };
}

function address(random: Random): Planted {
  const value = `${1 + Math.floor(random() * 300)} ${pick(random, STREETS)}, ${pick(random, CITIES)}`;
  return { text: `Deliver to ${value}.`, values: [{ value, type: "POSTAL_ADDRESS", by: "names" }] };
}

function fileName(random: Random): Planted {
  const mail = `${pick(random, FIRST)}.${pick(random, LAST)}${Math.floor(random() * 99)}@mail.example`.toLowerCase();
  const value: PlantedValue =
    random() < 0.5 ? { value: mail, type: "EMAIL", by: "patterns" } : { value: person(random), type: "PERSON", by: "names" };
  return { text: `${pick(random, ["letters", "invoices 2024", "hr"])}/${value.value}.md`, values: [value] };
}

function joined(parts: readonly Planted[], separator: string): Planted {
  return { text: parts.map(({ text }) => text).join(separator), values: parts.flatMap(({ values }) => values) };
}

/** As the argument of a call. */
function inJson({ text, values }: Planted): Planted {
  return { text: JSON.stringify({ tool: "mail", arguments: { text } }), values };
}
