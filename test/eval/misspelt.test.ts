import { expect, test } from "vitest";
import { termOf, words } from "../../pipeline/text/terms.ts";
import { misspelt, SPOILINGS } from "./misspelt.ts";

const documents = ["The duke of Normandy ruled Normandy and ruled it from Rouen.", "Merchants paid for the settlement of the coast."];
const known = new Set(documents.flatMap((text) => words(text).map(({ term }) => term)));
const questions = ["Who ruled Normandy from Rouen?", "Who paid for the settlement?", "Why?"];

for (const kind of SPOILINGS)
  test(`${kind}: the rarest word becomes one that no document has, always the same`, () => {
    const spoilt = misspelt(questions, documents, kind);
    expect(spoilt).toEqual(misspelt(questions, documents, kind));
    expect(spoilt[0]).toMatch(/^Who ruled Normandy from .+\?$/);
    expect(spoilt[0]).not.toContain("Rouen?");
    expect(words(spoilt[1] ?? "").some(({ term }) => !known.has(term) && term !== termOf("who"))).toBe(true);
    expect(spoilt[2]).toBeUndefined();
  });
