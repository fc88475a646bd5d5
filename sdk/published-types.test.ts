/** What authors of plugins write against changes only on purpose. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { publishedTypes } from "../scripts/published-types.ts";

const FILE = join(import.meta.dirname, "../docs/published-types.d.ts");

test("the published types are those that are written down", () => {
  const said = "The types of `superinstance` have changed. If that is meant, and no plugin of api 1 breaks: npm run types";
  expect(publishedTypes(), said).toBe(readFileSync(FILE, "utf8"));
});

test("what is written down names what authors use", () => {
  const text = readFileSync(FILE, "utf8");
  for (const name of ["definePlugin", "definePatterns", "checkPlugin", "checkPatterns", "AgentBallot", "KnowledgeVault"])
    expect(text).toMatch(new RegExp(`(?:function|interface) ${name}\\b`));
});
