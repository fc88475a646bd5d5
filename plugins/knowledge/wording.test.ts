import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { indexTexts } from "../../pipeline/index-run.ts";
import { createReader } from "./reader.ts";
import { SqliteVault } from "./vault.ts";
import { wording } from "./wording.ts";

const home = mkdtempSync(join(tmpdir(), "wording-"));
/** Every text has the same vector, so that words alone decide. */
const embedder = {
  id: "flat",
  dimensions: 8,
  embed: async () => new Float32Array(8).fill(1 / Math.sqrt(8)),
  embedAll: async (texts: readonly string[]) => texts.map(() => new Float32Array(8).fill(1 / Math.sqrt(8))),
};
const vault = new SqliteVault({ file: join(home, "knowledge.db"), model: embedder.id });
const reader = createReader();

beforeAll(async () => {
  const lines = [
    { id: "duchy", text: "The duke of Normandy ruled from Rouen." },
    { id: "settlers", text: "Colonization of the coast was paid for by merchants." },
    { id: "storage", text: "Each database keeps a journal on the same disk." },
    { id: "timber", text: "The forest gives timber, the river gives fish." },
    { id: "weather", text: "The duke of wind and weather ruled from above." },
  ];
  await indexTexts(lines, { vault, embedder, reader, signal: new AbortController().signal });
});

afterAll(async () => {
  await reader.close();
  vault.close();
  rmSync(home, { recursive: true });
});

const finds = (what: string, question: string, path: string) =>
  test(what, () => expect(vault.search({ text: question, limit: 1, within: [] }).map((hit) => hit.path)).toEqual([path]));

finds("a word with a letter wrong is found", "Normendy", "duchy");
finds("letters that were swapped are found", "Nomrandy", "duchy");
finds("a first letter that is wrong is found", "Mormandy", "duchy");
finds("two letters wrong in a long word are found", "Nomrendy", "duchy");
finds("a word written as two is found", "Norm andy", "duchy");
finds("two words written as one are found", "forestriver", "timber");
finds("a word of the same family is found", "colonial", "settlers");
finds("a misspelt word decides between texts that are alike else", "Which duke ruled Normendy?", "duchy");

const nothing = (what: string, question: string) =>
  test(what, () => expect(vault.search({ text: question, limit: 3, within: [] })).toEqual([]));
nothing("what is like no word finds nothing", "zyxwvuts");
nothing("a short word is not taken for another", "dok");
nothing("a word of a thousand letters is not looked into", "n".repeat(1_000));

const VOCABULARY = {
  related: (surface: string) => [{ word: surface.replace("x", ""), kind: "spelling", weight: 0.5 } as const],
  joined: () => undefined,
};

test("a question whose words are all known stays as it is", () => {
  const asked = () => expect.fail("nothing was missing");
  const read = wording("What does the duke rule?", () => 1, { related: asked, joined: asked });
  expect(read.text).toBe("What does the duke rule?");
  expect(read.terms.map(({ term, weight }) => [term, weight])).toEqual([
    ["duke", undefined],
    ["rule", undefined],
  ]);
});

test("what was asked for stays, and counts more than what is added", () => {
  const read = wording("the duxke's rule", (term) => (term === "rule" ? 1 : 0), VOCABULARY);
  expect(read.terms.map(({ term, weight }) => [term, weight])).toEqual([
    ["duxk", undefined],
    ["rule", undefined],
    ["duke", 0.5],
  ]);
  expect(read.text).toBe("the duke's rule");
});

test("of many unknown words three are looked into", () => {
  let looks = 0;
  const counting = { ...VOCABULARY, related: () => [{ word: `word${looks++}`, kind: "family", weight: 0.5 } as const] };
  wording(Array.from({ length: 40 }, (_, i) => `unknown${String.fromCharCode(97 + (i % 26))}`).join(" "), () => 0, counting);
  expect(looks).toBe(3);
});
