import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import type { Span } from "../../kernel/index.ts";
import { encodingFound, Haystack } from "./encodings.ts";
import { judge, proveNoLeaks } from "./leaks.ts";
import { WAYS } from "./provider.ts";

test.each(WAYS)(
  "of sessions full of secrets that escalate by %s no detected value arrives, and every answer has its values back",
  async (way) => {
    const home = mkdtempSync(join(tmpdir(), "proof-"));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const report = await proveNoLeaks(home, 60, way);
    expect({ leaked: report.leaked, notRestored: report.notRestored }).toEqual({ leaked: [], notRestored: [] });
    expect(report.planted).toBeGreaterThan(600);
    expect(report.notDetected.patterns / report.planted).toBeLessThan(0.01);
  },
);

describe("a value is found in what was sent however it is written", () => {
  const secret = 'S3cret "wörd" of 4711';
  const base64 = (text: string) => Buffer.from(text).toString("base64");
  const check = (encoding: string, sent: string) => test(encoding, () => expect(encodingFound(secret, new Haystack(sent))).toBe(encoding));
  check("plain", `... ${secret.toUpperCase()} ...`);
  check("JSON-escaped", JSON.stringify({ a: secret }));
  check("JSON-escaped twice", JSON.stringify({ a: JSON.stringify({ b: secret }) }));
  check("URL-encoded", `?q=${encodeURIComponent(secret)}`);
  check("URL-encoded as a form", `q=${encodeURIComponent(secret).replaceAll("%20", "+")}`);
  check("hexadecimal", Buffer.from(`x${secret}`).toString("hex").toUpperCase());
  for (const before of ["", "x", "xy"]) check("base64", base64(`${before}${secret} and more`));
  check("reversed", [...secret].reverse().join(""));
  check("split by white space", [...secret].join("\n "));
});

test("a short value is found as a word, and not inside another", () => {
  expect(encodingFound("4711", new Haystack("PIN 4711 is hers"))).toBe("plain, as a word");
  expect(encodingFound("4711", new Haystack("order 147112"))).toBeUndefined();
  expect(encodingFound("8", new Haystack('"8{"a":"Dear"}', "Dear"))).toBeUndefined();
});

test("a value that was detected and is sent is a leak; one that was not detected is told apart", () => {
  const text = "Anna Berg has key-0123456789.";
  const planted = [
    {
      text,
      values: [
        { value: "Anna Berg", type: "PERSON", by: "names" as const },
        { value: "key-0123456789", type: "API_KEY", by: "patterns" as const },
      ],
    },
  ];
  const detect = (): Span[] => [{ start: 14, end: 28, type: "API_KEY" }];
  const judged = (sent: string) => judge(planted, { bytes: Buffer.from(sent) }, detect);
  expect(judged("Anna Berg has [API_KEY_01].")).toEqual({
    planted: 2,
    missed: [{ value: "Anna Berg", type: "PERSON", by: "names" }],
    leaked: [],
  });
  expect(judged(`Anna Berg has ${btoa("key-0123456789")}.`).leaked).toEqual(["14 characters, base64"]);
});

test("a short value is missed where it was planted, not where another number is the same", () => {
  const planted = [{ text: "order 373, Age: 37, in 37 days", values: [{ value: "37", type: "AGE", by: "patterns" as const }] }];
  const judged = (spans: Span[]) => judge(planted, { bytes: Buffer.from("order 373, Age: [AGE_01], in 37 days") }, () => spans);
  expect(judged([{ start: 16, end: 18, type: "AGE" }])).toMatchObject({ missed: [], leaked: [] });
  expect(judged([]).missed).toEqual(planted[0]?.values);
});
