/**
 * `npm run fit -- --data DIR`: fits the weights with which Pathos, Logos and Ethos turn what they see into an approval.
 *
 * Each agent learns to answer its own question, on every second article of `DIR/reading` and every second file of the documentation set; the others stay unseen, so
 * that a figure can be had from them. Half of the questions there have no answer, and were written to look as if they
 * had; people's own questions are kinder. So the unanswerable ones count as if they were `UNANSWERABLE` of all; a little
 * more for Ethos, whose question it is whether there is an answer.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Brief } from "../../kernel/index.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { support } from "../../plugins/ethos/support.ts";
import { draftAnswer } from "../../plugins/logos/draft.ts";
import { fitness } from "../../plugins/logos/judge.ts";
import ranking from "../../plugins/logos/ranking.json" with { type: "json" };
import { fulfilment } from "../../plugins/pathos/fulfilment.ts";
import { type ArticleQuestion, type Asked, articleQuestions, askedOfHalf } from "./asked.ts";
import { type Example, fitLogistic } from "./fit-logistic.ts";
import { holds } from "./reading.ts";
import { copyOfDocumentation, documentationQuestions } from "./run-documentation.ts";

const UNANSWERABLE = { pathos: 0.12, logos: 0.12, ethos: 0.15 };

/** What articles cannot teach, having no headings, lists or code, is fitted on documentation, the rest staying as it is. */
interface Seen {
  readonly answerable: boolean;
  readonly right: boolean;
  readonly features: Readonly<Record<Agent, Readonly<Record<string, number>>>>;
}

/** What each agent's approval is the probability of, and over which questions. */
const AGENTS = {
  pathos: {
    asks: "the draft holds what was asked for",
    over: () => true,
    yes: ({ right }: Seen) => right,
    against: ["vague"],
    ofDocumentation: ["headed", "whole", "opening"],
  },
  logos: {
    asks: "the draft is right, given that there is an answer",
    over: ({ answerable }: Seen) => answerable,
    yes: ({ right }: Seen) => right,
    against: ["after"],
    ofDocumentation: ranking.byHand,
  },
  ethos: {
    asks: "the sources answer the question, given that the draft would be right",
    over: ({ right, answerable }: Seen) => right || !answerable,
    yes: ({ answerable }: Seen) => answerable,
    against: [
      "contested",
      "elsewhere",
      "nowhere",
      "namesAway",
      "namesMissing",
      "numbersAway",
      "numbersMissing",
      "opposed",
      "askedNegated",
      "qualified",
    ],
    ofDocumentation: ["headed"],
  },
} as const;

type Agent = keyof typeof AGENTS;

const { values } = parseArgs({ options: { data: { type: "string" } } });
if (!values.data) throw new Error("give the folder of the data: npm run fit -- --data DIR");
const reading = join(values.data, "reading");
const articles = await look(join(reading, "docs"), articleQuestions(reading));
const documentation = await look(copyOfDocumentation(), documentationQuestions());
for (const [agent, { asks, over, yes, against, ofDocumentation }] of Object.entries(AGENTS)) {
  const examples = (seen: readonly Seen[], keeps: (name: string) => boolean): Example[] => {
    const weight = weightOfUnanswerable(seen, UNANSWERABLE[agent as Agent]);
    return seen.filter(over).map((one) => ({
      features: Object.fromEntries(Object.entries(one.features[agent as Agent]).filter(([name]) => keeps(name))),
      yes: yes(one),
      weight: one.answerable ? 1 : weight,
    }));
  };
  const special: readonly string[] = ofDocumentation;
  const base = fitLogistic(
    examples(articles, (name) => !special.includes(name)),
    against,
  );
  const known = (name: string) => base.weights[name] !== undefined || special.includes(name);
  const added = fitLogistic(examples(documentation, known), against, base);
  const about = `Probability that ${asks}. Fitted by \`npm run fit\` on every second article of SQuAD 2.0 development articles (CC BY-SA 4.0; only weights are kept), unanswerable questions weighted to ${UNANSWERABLE[agent as Agent]} of all; ${special.join(", ")} on top of that on every second file of the documentation set.`;
  const model = { bias: base.bias, weights: { ...base.weights, ...added.weights } };
  writeFileSync(join(import.meta.dirname, `../../plugins/${agent}/weights.json`), `${JSON.stringify({ about, ...model }, null, 2)}\n`);
  console.log(`${agent}: ${articles.length} and ${documentation.length} questions`);
}

/** What the agents see of every question's draft. */
async function look(folder: string, questions: readonly ArticleQuestion[]): Promise<Seen[]> {
  const all: Seen[] = [];
  for await (const asked of askedOfHalf(folder, questions)) all.push(...lookAtDraft(asked));
  return all;
}

function lookAtDraft({ brief, answers, answerable }: Asked): Seen[] {
  const { draft } = draftAnswer(brief);
  if (!draft) return [];
  const judged: Brief<string> = { ...brief, phase: "judge", draft };
  const features = { pathos: fulfilment(readQuestion(brief.question), judged), logos: fitness(judged), ethos: support(judged).features };
  return [{ answerable, right: answerable && answers.some((answer) => holds(draft.text, answer)), features }];
}

function weightOfUnanswerable(all: readonly Seen[], share: number): number {
  const answerable = all.filter((one) => one.answerable).length;
  return ((share / (1 - share)) * answerable) / Math.max(1, all.length - answerable);
}
