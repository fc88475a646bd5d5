import { expect, test } from "vitest";
import type { Passage } from "../../kernel/index.ts";
import { plain } from "../../test/plain.ts";
import type { Round } from "../council.ts";
import { escalationBrief } from "./brief.ts";

const passage = (id: number, path: string): Passage => ({
  id,
  path,
  title: plain("The title"),
  heading: plain("Heading"),
  start: 0,
  end: 4,
  text: plain(`text ${id}`),
  entities: [],
  score: 1,
});

const draft = { text: plain("No [1]"), quotes: [] };
const ethos = { agent: "ethos", weight: 1.5, approval: 0.4, reason: plain("r"), objections: [plain("The source does not mention: oil.")] };
const framing = { intent: "anything at all", expects: "date" as const, terms: [], reframed: plain("lamp lit when") };
const record: Round[] = [
  { round: 1, proposals: [], framing, judged: { draft, votes: [ethos], verdict: { agreed: false, score: 0.5 } } },
  { round: 2, proposals: [], framing, judged: { draft, votes: [ethos], verdict: { agreed: false, score: 0.5 } } },
];

const prepare = (rules: readonly string[], reframed = framing.reframed) =>
  escalationBrief({
    requestId: "r",
    question: plain("When was [EMAIL_01] lit?"),
    passages: [passage(1, "/open/a.md"), passage(2, "/kept/b.md")],
    model: "auto",
    maxTokens: 100,
    neverCloud: { isEmpty: rules.length === 0, withholds: (path) => rules.some((rule) => path.includes(rule)) },
    history: [{ question: plain("Before?"), answer: plain("Yes.") }],
    record: record.map((round) => ({ ...round, framing: { ...framing, reframed } })),
  });

test("a brief has the question, passages, framing, history and Ethos's objections, and no path or title", () => {
  const { brief, withheld } = prepare([]);
  expect(brief).toEqual({
    requestId: "r",
    question: "When was [EMAIL_01] lit?",
    passages: [1, 2].map((id) => ({ heading: "Heading", text: `text ${id}` })),
    model: "auto",
    maxTokens: 100,
    framing: "It asks for a date. In other words: lamp lit when",
    history: [{ question: "Before?", answer: "Yes." }],
    constraints: ["The source does not mention: oil."],
  });
  expect(withheld).toEqual([]);
});

test("a rewording that takes values apart stays here, and the agent's own word for the intent does", () => {
  expect(prepare([], plain("[EMAIL_01] lit")).brief.framing).toContain("[EMAIL_01] lit");
  expect(prepare([], plain("[EMAIL_02] lit")).brief.framing).toBe("It asks for a date.");
});

test("with a document that is kept back, nothing goes that may speak of it", () => {
  const { brief, withheld, leaving } = prepare(["/kept/"]);
  expect([withheld.map(({ id }) => id), leaving.map(({ id }) => id)]).toEqual([[2], [1]]);
  expect(Object.keys(brief).sort()).toEqual(["maxTokens", "model", "passages", "question", "requestId"]);
  expect(prepare(["/elsewhere/"]).brief).not.toHaveProperty("history");
});
