import { describe, expect, test } from "vitest";
import { loadNameDetector } from "./detect.ts";

const names = await loadNameDetector();

function found(known: readonly string[], text: string): string[] {
  const people = names.newKnownNames();
  for (const name of known) people.add(name);
  return people.in(text).map(({ start, end }) => text.slice(start, end));
}

describe("a name that is known is found again", () => {
  const again = (name: string, text: string, ...expected: string[]) =>
    test(`${name} in ${JSON.stringify(text)}`, () => expect(found([name], text)).toEqual(expected));
  again("Zelda Quorv", "fwd zelda quorv, ZELDA QUORV; Zelda\n  Quorv's", "zelda quorv", "ZELDA QUORV", "Zelda\n  Quorv");
  again("J. R. Quorv", "by J R Quorv", "J R Quorv");
  again("Johansson", "ask Johansson's team, JOHANSSON", "Johansson", "JOHANSSON");
  again("Łucja Żółć", "dla ŁUCJA ŻÓŁĆ i dalej", "ŁUCJA ŻÓŁĆ");
  again("Zelda Quorv", "Zelda, Quorv; Zeldas Quorv; Zelda-Quorv; XZelda Quorv1");
});

describe("what may be another word stays", () => {
  const stays = (name: string, text: string) => test(`${name} in ${text}`, () => expect(found([name], text)).toEqual([]));
  stays("Johansson", "johansson@ is a name, Johanssonego another");
  stays("Anna", "Anna is short, and would be found by what stands around it");
  stays("Will May", "it will may be");
  stays("Green", "Green is a colour");
  stays("OpenAPIHono", "new OpenAPIHono()");
});

test("a name that the text itself tells is found where it stands alone as well, and kept", () => {
  const people = names.newKnownNames();
  names("My name is Ingrid Johansson and I live in Oslo.", people);
  expect(people.all).toContain("Ingrid Johansson");
  const text = "x=ingrid johansson;";
  expect(names(text, people).map(({ start, end, type }) => [type, text.slice(start, end)])).toContainEqual(["PERSON", "ingrid johansson"]);
});

test("many names cost no more than few", () => {
  const people = names.newKnownNames();
  for (let i = 0; i < 20_000; i++) people.add(`Zelda Quorv${String.fromCharCode(97 + (i % 26)).repeat(1 + (i % 40))}${i}`);
  const before = process.cpuUsage();
  people.in("Zelda ".repeat(20_000));
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});
