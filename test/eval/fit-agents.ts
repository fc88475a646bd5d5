/**
 * `npm run fit -- --data DIR`: fits the weights with which Pathos, Logos and Ethos turn what they see into an approval.
 *
 * Each agent learns to answer its own question, on every second article of `DIR/reading`; the others stay unseen, so
 * that a figure can be had from them. Half of the questions there have no answer, and were written to look as if they
 * had; people's own questions are kinder. So the unanswerable ones count as if they were `UNANSWERABLE` of all.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Brief } from "../../kernel/index.ts";
import { readQuestion } from "../../pipeline/text/question.ts";
import { support } from "../../plugins/ethos/support.ts";
import { draftAnswer } from "../../plugins/logos/draft.ts";
import { fitness } from "../../plugins/logos/judge.ts";
import { fulfilment } from "../../plugins/pathos/fulfilment.ts";
import { type Asked, askedOfHalf } from "./asked.ts";
import { type Example, fitLogistic } from "./fit-logistic.ts";
import { holds } from "./reading.ts";

const UNANSWERABLE = 0.1;

interface Seen {
  readonly answerable: boolean;
  readonly right: boolean;
  readonly features: Readonly<Record<Agent, Readonly<Record<string, number>>>>;
}

/** What each agent's approval is the probability of, and over which questions. */
const AGENTS = {
  pathos: { asks: "the draft holds what was asked for", over: () => true, yes: ({ right }: Seen) => right, against: ["vague"] },
  logos: {
    asks: "the draft is right, given that there is an answer",
    over: ({ answerable }: Seen) => answerable,
    yes: ({ right }: Seen) => right,
    against: ["after"],
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
  },
} as const;

type Agent = keyof typeof AGENTS;

const { values } = parseArgs({ options: { data: { type: "string" } } });
if (!values.data) throw new Error("give the folder of the data: npm run fit -- --data DIR");
const seen = await look(join(values.data, "reading"));
const weight = weightOfUnanswerable(seen);
for (const [agent, { asks, over, yes, against }] of Object.entries(AGENTS)) {
  const examples: Example[] = seen
    .filter(over)
    .map((one) => ({ features: one.features[agent as Agent], yes: yes(one), weight: one.answerable ? 1 : weight }));
  const model = fitLogistic(examples, against);
  const about = `Probability that ${asks}. Fitted by \`npm run fit\` on every second article of SQuAD 2.0 development articles (CC BY-SA 4.0; only weights are kept), unanswerable questions weighted to ${UNANSWERABLE} of all.`;
  writeFileSync(join(import.meta.dirname, `../../plugins/${agent}/weights.json`), `${JSON.stringify({ about, ...model }, null, 2)}\n`);
  console.log(`${agent}: ${examples.length} examples`);
}

/** What the agents see of every question's draft. */
async function look(folder: string): Promise<Seen[]> {
  const all: Seen[] = [];
  for await (const asked of askedOfHalf(folder)) all.push(...lookAtDraft(asked));
  return all;
}

function lookAtDraft({ brief, answers, answerable }: Asked): Seen[] {
  const { draft } = draftAnswer(brief);
  if (!draft) return [];
  const judged: Brief<string> = { ...brief, phase: "judge", draft };
  const features = { pathos: fulfilment(readQuestion(brief.question), judged), logos: fitness(judged), ethos: support(judged).features };
  return [{ answerable, right: answerable && answers.some((answer) => holds(draft.text, answer)), features }];
}

function weightOfUnanswerable(all: readonly Seen[]): number {
  const answerable = all.filter((one) => one.answerable).length;
  return ((UNANSWERABLE / (1 - UNANSWERABLE)) * answerable) / Math.max(1, all.length - answerable);
}
