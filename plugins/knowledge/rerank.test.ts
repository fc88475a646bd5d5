import { expect, test } from "vitest";
import { bm25, idf, saturation } from "./bm25.ts";
import { fuse } from "./fuse.ts";
import { Lexicon } from "./lexicon.ts";
import { matchAny, queryTerms } from "./query-terms.ts";
import { type Candidate, type Query, rerank } from "./rerank.ts";

const question = (text: string, rest: Partial<Query> = {}): Query => ({
  text,
  terms: queryTerms(text).map(({ term }) => ({ term, idf: 3 })),
  rarity: () => 3,
  averageLength: 10,
  lexicon: new Lexicon(),
  ...rest,
});
const candidate = (text: string, rest: Partial<Candidate> = {}): Candidate => ({ title: "", heading: "", text, path: text, ...rest });

/** The index of the candidate that comes first. */
const first = (query: Query, candidates: readonly Candidate[]) => {
  const scores = rerank(query, candidates);
  return scores.indexOf(Math.max(...scores));
};

test("more of the question's words come before fewer", () => {
  expect(first(question("red apple pie"), [candidate("A red car."), candidate("A red apple in a pie."), candidate("A pie.")])).toBe(1);
});

test("words that stand together come before the same words apart", () => {
  const apart = candidate("The apple was large and round and very red, he said of the pie.");
  const together = candidate("He said that the red apple pie was large and round and very good.");
  expect(first(question("red apple pie"), [apart, together])).toBe(1);
});

test("a section named like the question leads", () => {
  const body = "Run the command with the file and the text.";
  const sections = ["Commands › batch redact many of a text", "Redact a text", "Text"].map((heading) => candidate(body, { heading }));
  expect(first(question("How do I redact a text?"), sections)).toBe(1);
});

test("what stands under nothing but the title leads where a thing of that name is to be defined", () => {
  const under = (title: string, heading = "") => candidate("Text of some length, about this and that.", { title, heading });
  const readme = [under("apple", "Usage"), under("pie"), under("apple: a fruit for everyone"), under("apple trees of the whole world")];
  expect(first(question("What is apple?"), readme)).toBe(2);
  const scores = rerank(question("Where is apple sold?"), [under("apple", "Usage"), under("apple")]);
  expect(scores[1]).toBeCloseTo(scores[0] as number);
});

test("a vector near the question's decides between texts without its words", () => {
  const vector = Float32Array.of(1, 0);
  const far = candidate("Something.", { nearness: 0 });
  const near = candidate("Something.", { nearness: 1 });
  expect(first(question("apple", { vector }), [far, near])).toBe(1);
});

test("one sentence that answers comes before a text that is near as a whole", () => {
  const vector = Float32Array.of(1, 0);
  const embedNow = (text: string) => (text.startsWith("It is this") ? vector : Float32Array.of(0, 1));
  const plain = candidate("Nothing of that kind is said here. Nor is it said there.");
  const answering = candidate("Nothing of that kind is said here. It is this one that answers.");
  expect(first(question("apple", { vector, embedNow }), [plain, answering])).toBe(1);
});

const PIES = ["apple pie with cinnamon crust", "apple pie and cinnamon", "apple pie, cinnamon, sugar"];

test("what speaks as the leaders of other documents do comes before what speaks as none does", () => {
  const lonely = candidate("apple telescopes orbiting planets");
  const alike = candidate("apple with cinnamon sugar crust");
  const scores = rerank(question("apple pie"), [...PIES.map((text) => candidate(text)), lonely, alike]);
  expect(scores[4]).toBeGreaterThan(scores[3] as number);
});

test("the chunks of one document bear no witness for each other", () => {
  const texts = [...PIES, "apple telescopes orbiting planets", "apple with cinnamon sugar crust"];
  const scores = rerank(
    question("apple pie"),
    texts.map((text) => candidate(text, { path: "one" })),
  );
  expect(scores[4]).toBeCloseTo(scores[3] as number);
});

test("a sentence with a thing of the kind asked for comes before one with the same words without", () => {
  const without = candidate("The bridge over the river was built by many people.");
  const dated = candidate("The bridge over the river was built in May 1874.");
  expect(first(question("When was the bridge built?"), [without, dated])).toBe(1);
});

test("a name stands in a text as it is written", () => {
  const common = candidate("He had a rose in his garden by the wall.");
  const named = candidate("He had seen Rose in the garden by the wall.");
  expect(first(question("What did the garden mean to Rose?"), [common, named])).toBe(1);
});

test("nothing to compare and no words still give a score", () => {
  expect(rerank(question(""), [candidate(""), candidate("a")])).toEqual([0, 0]);
  expect(rerank(question("apple"), [])).toEqual([]);
});

test("BM25 is a share: 0 without any word, below 1 with all, more with the title's", () => {
  const terms = [{ term: "appl", idf: 2 }];
  const score = (text: number, length: number, title = 0) => bm25(terms, { text: [text], title: [title], heading: [0], length }, 5);
  expect(score(0, 1)).toBe(0);
  expect(score(500, 500)).toBeLessThan(1);
  expect(score(1, 1, 1)).toBeGreaterThan(score(1, 1));
});

test("rare words weigh more, and a mention less the longer the text", () => {
  expect(idf(1, 100)).toBeGreaterThan(idf(50, 100));
  expect(saturation(1, 5, 10)).toBeGreaterThan(saturation(1, 50, 10));
});

test("fusion prefers what both rankings have", () => {
  const fused = fuse([
    { ids: [1, 2, 3], weight: 1 },
    { ids: [4, 2, 5], weight: 1 },
  ]);
  expect(fused[0]?.id).toBe(2);
  expect(fused.map(({ id }) => id).sort()).toEqual([1, 2, 3, 4, 5]);
});

test.each([
  ["What is the capital of France?", '"capital" OR "France"'],
  ["to be or not to be", '"to" OR "be" OR "or" OR "not"'],
  ['say "x" AND y*', '"say" OR "x" OR "y"'],
  ["?!", ""],
])("the words of %j as a full-text expression", (text, expected) => expect(matchAny(queryTerms(text))).toBe(expected));

test("a text of one short sentence is read as well as a long one", () => {
  const short = { title: "", heading: "", text: "Low tide: six.", path: "a" };
  const other = { title: "Tides", heading: "", text: "High tide is at noon, every day of the year.", path: "b" };
  const rarity = (term: string) => ({ low: 0.7, tide: 0.2 })[term] ?? 0;
  const terms = ["low", "tide"].map((term) => ({ term, idf: rarity(term) }));
  const [first = 0, second = 0] = rerank({ text: "low tide", terms, averageLength: 5, lexicon: new Lexicon(), rarity }, [short, other]);
  expect(first).toBeGreaterThan(second);
});
