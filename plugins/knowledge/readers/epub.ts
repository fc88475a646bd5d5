import { posix } from "node:path";
import { Parser } from "htmlparser2";
import { Outline } from "../outline.ts";
import type { Parsed } from "../parsed.ts";
import type { ZipFile } from "../zip.ts";
import { parseHtml } from "./html.ts";

/** An EPUB book: its pages in reading order. Undefined when the archive is none. */
export function parseEpub(zip: ZipFile): Parsed | undefined {
  const packagePath = /full-path="([^"]+)"/.exec(zip.text("META-INF/container.xml") ?? "")?.[1];
  const source = packagePath && zip.text(packagePath);
  if (!source) return undefined;
  const { title, pages } = readPackage(source);
  const out = new Outline();
  for (const page of pages) {
    const parsed = parseHtml(zip.text(posix.join(posix.dirname(packagePath), decodeURIComponent(page))) ?? "");
    for (const { heading, start, end } of parsed.sections) {
      out.heading(1, heading || parsed.title);
      out.block(parsed.text.slice(start, end));
    }
  }
  return out.parsed("epub", title);
}

function readPackage(source: string): { title: string; pages: string[] } {
  const files = new Map<string, string>();
  const pages: string[] = [];
  let title = "";
  let inTitle = false;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (name === "item") files.set(attributes["id"] ?? "", attributes["href"] ?? "");
        if (name === "itemref") pages.push(files.get(attributes["idref"] ?? "") ?? "");
        inTitle = name === "dc:title" && title === "";
      },
      ontext(data) {
        if (inTitle) title += data;
      },
      onclosetag() {
        inTitle = false;
      },
    },
    { xmlMode: true },
  );
  parser.end(source);
  return { title: title.trim(), pages: pages.filter((page) => page !== "") };
}
