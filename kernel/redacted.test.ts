import { expect, test } from "vitest";
import { mint, rawOffset } from "./redacted.ts";
import { findTokens } from "./token-format.ts";
import type { Span, TokenSession } from "./types.ts";

const TYPES = new Set(["EMAIL", "NAME"]);

/** A session in memory that begins with one value. */
function session(): TokenSession {
  const values = new Map<string, string>([["EMAIL_1", "old@example.com"]]);
  const reserved = new Set<string>();
  const next = (type: string) => {
    let number = 1;
    while (values.has(`${type}_${number}`) || reserved.has(`${type}_${number}`)) number++;
    return number;
  };
  return {
    id: "s",
    assign: (list) =>
      list.map(({ type, value }) => {
        const known = [...values].find(([key, other]) => other === value && key.startsWith(`${type}_`));
        if (known) return Number(known[0].split("_").at(-1));
        const number = next(type);
        values.set(`${type}_${number}`, value);
        return number;
      }),
    valueOf: (type, number) => values.get(`${type}_${number}`),
    reserve: (type, number) => !values.has(`${type}_${number}`) && Boolean(reserved.add(`${type}_${number}`)),
  };
}

function back(text: string, from: TokenSession): string {
  let out = text;
  for (const { start, end, type, number } of findTokens(text).reverse()) {
    const value = from.valueOf(type, number);
    if (value !== undefined) out = out.slice(0, start) + value + out.slice(end);
  }
  return out;
}

/** Spans are given by what they hold; the text comes back from its redacted form. */
const check = (raw: string, values: string[], expected: string) =>
  test(JSON.stringify(raw), () => {
    const spans: Span[] = values.map((value) => ({ start: raw.indexOf(value), end: raw.indexOf(value) + value.length, type: "NAME" }));
    const tokens = session();
    const { text, entities } = mint(raw, spans, tokens, TYPES);
    expect(text).toBe(expected);
    expect(back(text, tokens)).toBe(raw);
    for (const { at, token, start, end } of entities) {
      expect(text.slice(at, at + token.length)).toBe(token);
      expect([rawOffset(entities, at), rawOffset(entities, at + token.length, "end")]).toEqual([start, end]);
    }
  });

check("Ann and Bob and nobody", ["Ann", "Bob"], "[NAME_01] and [NAME_02] and nobody");
check("see [EMAIL_07], which nobody was given", [], "see [EMAIL_07], which nobody was given");
check("see [EMAIL_01], which stands for something", [], "see [LITERAL_01], which stands for something");
check("see email_1 and (email 1)", [], "see email_1 and ([LITERAL_01])");
check("\\Ann", ["Ann"], "[LITERAL_01]");
check("[Ann]", ["Ann"], "[[NAME_01]]");
check("[NAME_01] is not Ann", ["Ann"], "[NAME_01] is not [NAME_02]");

test("a span of a type that nobody declared is refused", () => {
  expect(() => mint("Ann", [{ start: 0, end: 3, type: "OTHER" }], session(), TYPES)).toThrow(RangeError);
});

test("JSON stays JSON where a bare number became a token, however deep, and comes back a number", () => {
  const inner = JSON.stringify({ n: 4111, s: "4111" });
  const raw = JSON.stringify({ n: 4111, list: [4111, 1], text: inner, deeper: JSON.stringify({ inner }) });
  const spans = Array.from(raw.matchAll(/4111/g), ({ index }): Span => ({ start: index, end: index + 4, type: "NAME" }));
  const tokens = session();
  const { text } = mint(raw, spans, tokens, TYPES);
  const token = "[NAME_01#]";
  const read = JSON.parse(text) as { n: string; list: unknown[]; text: string; deeper: string };
  expect([read.n, read.list, JSON.parse(read.text)]).toEqual([token, [token, 1], { n: token, s: "[NAME_01]" }]);
  expect(JSON.parse((JSON.parse(read.deeper) as { inner: string }).inner)).toEqual({ n: token, s: "[NAME_01]" });
  expect(back(text, tokens)).toBe(raw);
});
