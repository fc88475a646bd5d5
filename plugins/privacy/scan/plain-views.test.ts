import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { resolveOverlaps } from "../../../kernel/index.ts";
import { builtInPatterns } from "../patterns/index.ts";
import { disguisesIn } from "./disguises.ts";
import { addDisguised } from "./plain-views.ts";
import { createScanner } from "./scanner.ts";
import { ALL_SIGNS } from "./signs.ts";

const scan = createScanner(builtInPatterns);
const KEY = "AKIAQYLPMN5HHHFPZAM2";
const GITHUB = `ghp_${"aB3dE6gH9k".repeat(4)}`;

/** The parts of a text that are hidden. */
const hidden = (text: string) => resolveOverlaps(text, scan(text)).map(({ start, end }) => text.slice(start, end));

describe("a disguised value is hidden where it stands, no more and no less", () => {
  const finds = (text: string, ...values: string[]) => test(JSON.stringify(text), () => expect(hidden(text)).toEqual(values));
  describe("URL encoding, once and more", () => {
    finds("?mail user%40example.com&x=1", "user%40example.com");
    finds("q=password%3Dhunter2&y", "hunter2");
    finds("to user%252540example.com", "user%252540example.com");
    finds(`token%3D${GITHUB}`, GITHUB);
    finds("%41%4b%49%41QYLPMN5HHHFPZAM2", "%41%4b%49%41QYLPMN5HHHFPZAM2");
    finds("card=4111%C2%A01111%C2%A01111%C2%A01111", "4111%C2%A01111%C2%A01111%C2%A01111");
  });
  describe("escapes of JSON and code", () => {
    finds('{"mail":"user\\u0040example.com"}', "user\\u0040example.com");
    finds('{"pass\\u0077ord":"hunter2"}', "hunter2");
    finds(`{"a":"one\\n${GITHUB}\\n"}`, GITHUB);
    finds('{"a":"{\\"password\\":\\"hunter2\\"}"}', "hunter2");
    finds('{"a":"{\\\\\\"password\\\\\\":\\\\\\"hunter2\\\\\\"}"}', "hunter2");
    finds("x = '\\x75ser\\u{40}example.com'", "\\x75ser\\u{40}example.com");
  });
  describe("entities of HTML", () => {
    finds("user&#64;example.com", "user&#64;example.com");
    finds("user&#x40;example&period;com", "user&#x40;example&period;com");
    finds("user&amp;#64;example.com", "user&amp;#64;example.com");
    finds("password&equals;hunter2", "hunter2");
  });
  describe("strings and lines in pieces", () => {
    finds('const k = "AKIA" + "QYLPMN5HHHFPZAM2";', 'AKIA" + "QYLPMN5HHHFPZAM2');
    finds("$k = 'AKIA' . 'QYLPMN5HHHFPZAM2';", "AKIA' . 'QYLPMN5HHHFPZAM2");
    finds('k = ("AKIA"\n     "QYLPMN5HHHFPZAM2")', 'AKIA"\n     "QYLPMN5HHHFPZAM2');
    finds("To: ann.lee@\r\n example.com", "ann.lee@\r\n example.com");
    finds("AKIAQYLP=\r\nMN5HHHFPZAM2", "AKIAQYLP=\r\nMN5HHHFPZAM2");
    finds("password=3Dhunter2", "3Dhunter2");
  });
  describe("characters that are not seen, and look-alikes", () => {
    finds("an\u00adn@exam\u200bple.com", "an\u00adn@exam\u200bple.com");
    finds("AKIA\u2060QYLPMN5HHHFPZAM2", "AKIA\u2060QYLPMN5HHHFPZAM2");
    finds("4111\u20111111\u20111111\u20111111", "4111\u20111111\u20111111\u20111111");
    finds("4111\u00a01111\u202f1111\u20091111", "4111\u00a01111\u202f1111\u20091111");
    finds("+44\u00a020\u20117946\u20110958", "+44\u00a020\u20117946\u20110958");
    finds("DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000", "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000");
    finds("219\u201309\u20139999", "219\u201309\u20139999");
    finds("４１１１ １１１１ １１１１ １１１１", "４１１１ １１１１ １１１１ １１１１");
    finds("ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ", "ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ");
    finds("٤١١١ ١١١١ ١١١١ ١١١١", "٤١١١ ١١١١ ١١١١ ١١١١");
    finds("𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏", "𝟒𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏 𝟏𝟏𝟏𝟏");
  });
});

describe("what merely has such characters stays", () => {
  const stays = (text: string) => test(JSON.stringify(text), () => expect(hidden(text)).toEqual([]));
  stays("100%25 of 40%3D");
  stays('printf("%d\\n", 4111);\nprintf("\\t%s\\n", name);');
  stays("a &lt; b &amp;&amp; c &gt; d &#8212; e");
  stays("&valueOf; &toString; &nosuch; &#0; &#99999999; %F5%BF%BF%BF \\u{110000}");
  stays('"one" + "two" + \'three\' . "four"');
  stays("10\u00a0000\u202f000 km \u2013 see 2016\u20132021");
  stays("co\u00adop\u00ader\u00adate 👩‍👩‍👧 ﬁne");
  stays("path=%2Fusr%2Flocal%2Fbin&sort=asc%2Cdesc");
  stays("C:\\new\\table\\u00fcber");
});

/** Ways to write a value so that its characters no longer stand in a row as they are. */
const DISGUISES: readonly ((char: string) => string)[] = [
  (char) => `%${char.charCodeAt(0).toString(16)}`,
  (char) => `%25${char.charCodeAt(0).toString(16).toUpperCase()}`,
  (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  (char) => `\\\\x${char.charCodeAt(0).toString(16)}`,
  (char) => `&#${char.charCodeAt(0)};`,
  (char) => String.fromCharCode(char.charCodeAt(0) + 0xfee0),
  (char) => `\u200b${char}`,
  (char) => `\u2060\u00ad${char}`,
];

test("wherever and however often a value is disguised, all of it is hidden", () => {
  const values = ["ann.lee@example.com", KEY, "4111111111111111", "DE89370400440532013000", "+447700921916"];
  fc.assert(
    fc.property(
      fc.constantFrom(...values),
      fc.array(fc.tuple(fc.nat(30), fc.nat(DISGUISES.length - 1)), { minLength: 1, maxLength: 6 }),
      fc.constantFrom("", "see ", `${"lorem ipsum ".repeat(40)}`),
      (value, places, before) => {
        const chars = Array.from(value);
        // What is not seen hides inside a value only.
        for (const [at, how] of places)
          chars[1 + (at % (value.length - 1))] = DISGUISES[how]?.(value.charAt(1 + (at % (value.length - 1)))) ?? "";
        expect(hidden(`${before}${chars.join("")} end`)).toEqual([chars.join("")]);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("what is read without its disguises leads back to the very range", () => {
  const pieces = [
    "a",
    "B7",
    " ",
    "%41",
    "%2541",
    "\\u0041",
    "\\\\n",
    "&#65;",
    "&amp;",
    '" + "',
    "\u200b",
    "\u00a0",
    "４",
    "𝟒",
    "é",
    "\ud83d",
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 60 }), fc.nat(3), (parts, gaps) => {
      const text = parts.join(" ".repeat(gaps * 150));
      const { length, starts, ends } = disguisesIn(text);
      const disguises = Array.from({ length }, (_, i) => ({ start: starts[i] as number, end: ends[i] as number }));
      const spans: { start: number; end: number; type: string }[] = [];
      addDisguised(
        text,
        ALL_SIGNS,
        (plain) => Array.from(plain, (_, at) => ({ start: at, end: at + 1, type: "X" })).filter(({ end }) => end <= plain.length),
        spans,
      );
      for (const { start, end } of spans) {
        const cut = disguises.filter((disguise) => disguise.start < end && start < disguise.end);
        expect(cut.every((disguise) => disguise.start >= start && disguise.end <= end)).toBe(true);
        expect(start).toBeLessThan(end);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("what is disguised is found wherever a text is cut, and among any number of disguises", () => {
  const mail = "ａnn＠example.com";
  const found = (text: string) => scan(text).map(({ start, end, type }) => [type, text.slice(start, end)]);
  for (let shift = 0; shift < 30; shift++)
    expect(found(`${"字 ".repeat(8_185)}${" ".repeat(shift)}${mail} end`)).toEqual([["EMAIL", mail]]);
  expect(found(`${"ａ ".repeat(9_000)}${mail}`)).toEqual([["EMAIL", mail]]);
  expect(found(`${"%61 ".repeat(9_000)}ann%40example.com`)).toEqual([["EMAIL", "ann%40example.com"]]);
});
