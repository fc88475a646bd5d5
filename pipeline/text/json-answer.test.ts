import { expect, test } from "vitest";
import { compileSchema, jsonAnswer } from "./json-answer.ts";

const keeps = await compileSchema({
  type: "object",
  properties: {
    answer: { type: "string" },
    sure: { type: "number", minimum: 0, maximum: 1 },
    kind: { enum: ["fact", "guess"] },
    sources: { type: "array", items: { type: "integer" }, maxItems: 3 },
  },
  required: ["answer", "sure"],
  additionalProperties: false,
});

const check = (name: string, text: string, expected: string | undefined) =>
  test(name, () => expect(jsonAnswer(text, keeps)).toBe(expected));

const GOOD = '{"answer":"yes","sure":0.5}';
check("a bare value is taken", GOOD, GOOD);
check("white space goes", `\n ${GOOD.replaceAll(":", " : ")} \n`, GOOD);
check("a fence goes", `Here it is:\n\`\`\`json\n${GOOD}\n\`\`\`\nAnything else?`, GOOD);
check("a sentence around it goes", `The answer is ${GOOD}, I think.`, GOOD);
check("thoughts go", `<think>{"answer":1}</think>\n${GOOD}`, GOOD);
check(
  "all that the schema allows is kept",
  '{"answer":"","sure":1,"kind":"fact","sources":[1,2]}',
  '{"answer":"","sure":1,"kind":"fact","sources":[1,2]}',
);
check("a missing part is refused", '{"answer":"yes"}', undefined);
check("a part of another type is refused", '{"answer":3,"sure":0.5}', undefined);
check("a number out of bounds is refused", '{"answer":"yes","sure":2}', undefined);
check("a word that is not in the list is refused", '{"answer":"yes","sure":1,"kind":"rumour"}', undefined);
check("a list that is too long is refused", '{"answer":"yes","sure":1,"sources":[1,2,3,4]}', undefined);
check("a fraction is no integer", '{"answer":"yes","sure":1,"sources":[1.5]}', undefined);
check("more than was asked for is refused", '{"answer":"yes","sure":1,"more":1}', undefined);
check("a value that is cut short is refused", GOOD.slice(0, -3), undefined);
check("no value at all is refused", "I cannot answer that.", undefined);
check("nothing is refused", "", undefined);
