/** What a model would write for the council, made by rule out of what it is told; and it insists on being told properly. */
import assert from "node:assert";

interface Told {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly response_format?: { readonly json_schema?: { readonly schema: { readonly properties?: object } } };
}

/** How the model differs from a good one. */
export interface Conduct {
  readonly text?: (sentence: string) => string;
  /** How many sentences it writes; 1 when absent. */
  readonly sentences?: number;
  readonly answerable?: boolean;
  readonly approval?: number;
  readonly standalone?: string;
}

/** Whose form the request asks for. */
export function agentOf({ response_format }: Told): "pathos" | "logos" | "judge" {
  const properties = response_format?.json_schema?.schema.properties ?? {};
  if ("standalone" in properties) return "pathos";
  return "sentences" in properties ? "logos" : "judge";
}

export function councilAnswer(
  told: Told,
  { text = (sentence) => sentence, sentences = 1, answerable = true, approval = 1, standalone }: Conduct,
): unknown {
  const { documents, question } = read(told);
  if (agentOf(told) === "pathos") return { expects: "anything", standalone: standalone ?? question.slice(0, 300) };
  if (agentOf(told) === "judge") return { reason: approval < 0.5 ? "It does not convince." : "It is right.", approval };
  const best = sentencesIn(documents)
    .sort((a, b) => shared(b.text, question) - shared(a.text, question))
    .slice(0, sentences);
  assert(best.length > 0, "there is nothing to cite");
  for (const { number } of best) assert(JSON.stringify(told.response_format).includes(String(number)), "a sentence cannot be cited");
  return { answerable, sentences: answerable ? best.map((found) => ({ cites: [found.number], text: text(found.text) })) : [] };
}

function read({ messages }: Told): { documents: string; question: string } {
  assert.deepEqual(
    messages.map(({ role }) => role),
    ["system", "user"],
  );
  const told = messages[1]?.content ?? "";
  const number = /^<<<(\d+) documents>>>\n/.exec(told)?.[1];
  assert(number, "the documents are not fenced");
  const fenced = (name: string) => new RegExp(`<<<${number} ${name}>>>\\n([\\s\\S]*?)\\n<<<${number} end>>>`).exec(told)?.[1] ?? "";
  assert(fenced("question"), "there is no question");
  assert.match(told, /Your task:\n\nYou are (?:Pathos|Logos|Ethos)/);
  return { documents: fenced("documents"), question: fenced("question") };
}

function sentencesIn(documents: string): { number: number; text: string }[] {
  return Array.from(documents.matchAll(/^(\d+): (.*)$/gm), ([, number, text = ""]) => ({ number: Number(number), text }));
}

function shared(sentence: string, question: string): number {
  const asked = new Set(question.toLowerCase().match(/\p{L}{4,}/gu) ?? []);
  return new Set((sentence.toLowerCase().match(/\p{L}{4,}/gu) ?? []).filter((word) => asked.has(word))).size;
}
