import { expect, test } from "vitest";
import { neededBy, saidIn } from "./word-pattern.ts";

const check = (pattern: string, needs: string[][]) => test(`needs of "${pattern}"`, () => expect(neededBy(pattern)).toEqual(needs));

check("kill myself", [["kill"], ["myself"]]);
check("{harm} ~ {person|group} people", [["{harm}"], ["{person}", "{group}"], ["people"]]);
check("(launder|get away with) ~ money", [["launder", "get"], ["money"]]);
check("(end|take) my (own )?life", [["end", "take"], ["my"]]);
check("{strike} ~ (child|cop)('s)? ~ ({body}|life)", [["{strike}"]]);
check("swat(ting)? (someone|my)", [["someone", "my"]]);
check("being flayed|tortured alive", []);
check("^{person}$", [["{person}"]]);

test("words and the lists that they belong to are said", () => {
  expect([...saidIn("<harm>kill my <person,holder>neighbour")]).toEqual(["kill", "{harm}", "my", "neighbour", "{person}", "{holder}"]);
});
