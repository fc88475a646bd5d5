/** Logos with a model: it writes the answer in its own words, each sentence with the sentences of the sources that say so. */
import {
  type Ballot,
  type Brief,
  type Call,
  type Context,
  joinRedacted,
  programText,
  type Quote,
  type Redacted,
  redacted,
  type ThinkingAgent,
} from "../../kernel/index.ts";
import { judgeWithModel, mean } from "../../pipeline/think/judgement.ts";
import { shownTo } from "../../pipeline/think/shown-to.ts";
import { think } from "../../pipeline/think/think.ts";
import { type DraftAnswer, draftSchema } from "./draft-schema.ts";
import draftPrompt from "./prompts/draft.md";
import judgePrompt from "./prompts/judge.md";

export function withGenerator(context: Context): ThinkingAgent {
  return (ballot, brief, call) =>
    brief.phase === "propose"
      ? draftWithModel(context, brief, call)
      : judgeWithModel(context, "logos", programText(judgePrompt), mean, [ballot, brief, call]);
}

interface Claim {
  readonly text: string;
  readonly quotes: readonly Quote[];
}

async function draftWithModel(context: Context, brief: Brief, call: Call): Promise<Ballot> {
  const inquiry = {
    agent: "logos",
    task: programText(draftPrompt),
    schema: (citable: ReadonlyMap<number, Quote>) => draftSchema([...citable.keys()]),
    read: (value: unknown, { citable }: { citable: ReadonlyMap<number, Quote> }) => claimsIn(value as DraftAnswer, citable),
  };
  const claims = await think(context.service("generator"), brief, inquiry, call);
  if (claims.length === 0) return { approval: 0, reason: redacted`The model found no answer in the sources.` };
  const quotes: Quote[] = [];
  const sentences: Redacted[] = [];
  for (const claim of claims) {
    const text = await context.redactWritten(claim.text, shownTo(brief), brief.session, call);
    sentences.push(joinRedacted([text, ...claim.quotes.map((quote) => redacted`[${numberOf(quote, quotes)}]`)], " "));
  }
  return { approval: 1, reason: redacted`I found sentences that answer.`, draft: { text: joinRedacted(sentences, " "), quotes } };
}

/** The sentences of the answer that say something and cite something. Numbers in brackets are ours to write. */
function claimsIn({ answerable, sentences }: DraftAnswer, citable: ReadonlyMap<number, Quote>): Claim[] {
  if (!answerable) return [];
  return sentences.flatMap(({ text, cites }) => {
    const quotes = [...new Set(cites)].flatMap((number) => citable.get(number) ?? []);
    const bare = text
      .replace(/\[\d+\]/g, "")
      .replace(/\s+/g, " ")
      .trim();
    return bare && quotes.length > 0 ? [{ text: bare, quotes }] : [];
  });
}

/** The number of a quote in the draft, from 1; a new one is added. */
function numberOf(quote: Quote, quotes: Quote[]): number {
  const at = quotes.findIndex(({ passage, start }) => passage === quote.passage && start === quote.start);
  return at >= 0 ? at + 1 : quotes.push(quote);
}
