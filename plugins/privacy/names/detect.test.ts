import { describe, expect, test } from "vitest";
import { loadNameDetector } from "./detect.ts";

const names = await loadNameDetector();
const found = (text: string) => names(text).map(({ start, end }) => text.slice(start, end));

describe("names are found in headings, names of files and mail", () => {
  const finds = (text: string, ...expected: string[]) =>
    test(text, () => {
      for (const name of expected) expect(found(text).some((value) => value.includes(name))).toBe(true);
    });
  finds("My name is Ingrid Johansson and I live in Oslo.", "Ingrid Johansson", "Oslo");
  finds("Minutes with Maria Rossi", "Maria Rossi");
  finds("contracts/Peter Novak.md", "Peter Novak");
  finds("Salary / Elena Fischer", "Elena Fischer");
  finds("Send it to 5850 Market Street, Denver.", "5850 Market Street, Denver");
});

describe("what programs are called is no name", () => {
  const leaves = (text: string) => test(text, () => expect(found(text)).toEqual([]));
  leaves("import { createServer, IncomingMessage } from 'http';");
  leaves("const pool: ConnectionPool<Client> = new ConnectionPool();");
  leaves("The HTTP/2 session falls back to TLS over TCP.");
  leaves("flow over a flat plate at supersonic speeds was investigated .\nthe boundary-layer solution is compared with theory .");
  leaves("drwxr-xr-x 8 root wheel 1024 Jan 3 1994 bin");
});

test("a word that the same text uses as a plain word, or mostly as no name, is none", () => {
  const text = `${"the Tuple is a type; a tuple holds values.\n".repeat(4)}returns a Tuple of values\nby Tuple`;
  expect(found(text)).toEqual([]);
});

describe("names behind escapes are hidden with them", () => {
  const hides = (text: string, value: string) => test(text, () => expect(found(text)).toContain(value));
  hides("https://shop.example/?name=Ingrid%20Johansson", "Ingrid%20Johansson");
  hides(JSON.stringify({ text: "Regards,\nAnna Berg" }), "Anna Berg");
  hides(String.raw`{"text": "My name is\u0020Anna\u0020Berg."}`, String.raw`Anna\u0020Berg`);
  hides("My name is In\u200bgrid Joh\u00adansson", "In\u200bgrid Joh\u00adansson");
  hides("ask for Anna&nbsp;Berg", "Anna&nbsp;Berg");
});

test("the number before a street belongs to the address", () => {
  expect(found("Please deliver to 7878 Rahu 37 Apt. 405, Tallinn.").join()).toContain("7878 Rahu 37");
});
