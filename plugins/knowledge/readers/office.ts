import { Parser } from "htmlparser2";
import { Outline } from "../outline.ts";
import type { Parsed } from "../parsed.ts";
import type { ZipFile } from "../zip.ts";

/** Word documents, presentations and workbooks: XML files in an archive. Undefined when it is none of these. */
export function parseOffice(zip: ZipFile): Parsed | undefined {
  const title = coreTitle(zip);
  if (zip.names.includes("word/document.xml")) return parseDocument(zip, title);
  if (zip.names.includes("ppt/presentation.xml")) return parseSlides(zip, title);
  if (zip.names.includes("xl/workbook.xml")) return parseSheets(zip, title);
  return undefined;
}

function parseDocument(zip: ZipFile, title: string): Parsed {
  const out = new Outline();
  let first = title;
  let text = "";
  let level = 0;
  walkXml(zip.text("word/document.xml"), {
    open(name, attributes) {
      if (name === "w:pStyle") level = headingLevel(attributes["w:val"] ?? "");
      if (name === "w:tab" || name === "w:br") text += " ";
    },
    text(data, parent) {
      if (parent === "w:t") text += data;
    },
    close(name) {
      if (name !== "w:p") return;
      if (level > 0 && text.trim() !== "") out.heading(level, text);
      else out.block(text);
      if (level === 1) first ||= text.trim();
      text = "";
      level = 0;
    },
  });
  return out.parsed("docx", first);
}

/** Style names are of the kind Heading1, heading 2, berschrift3 or Title. */
function headingLevel(style: string): number {
  if (/^(?:title|titel)$/i.test(style)) return 1;
  return Number(/(?:heading|berschrift|titre|titulo)\s?([1-6])$/i.exec(style)?.[1] ?? 0);
}

function parseSlides(zip: ZipFile, title: string): Parsed {
  const out = new Outline();
  for (const [i, name] of numbered(zip, /^ppt\/slides\/slide(\d+)\.xml$/).entries()) {
    out.heading(1, `slide ${i + 1}`);
    let text = "";
    walkXml(zip.text(name), {
      text(data, parent) {
        if (parent === "a:t") text += data;
      },
      close(tag) {
        if (tag === "a:p") text += "\n";
      },
    });
    out.block(text);
  }
  return out.parsed("pptx", title);
}

function parseSheets(zip: ZipFile, title: string): Parsed {
  const out = new Outline();
  const shared = sharedStrings(zip);
  const names = sheetNames(zip);
  for (const [i, file] of numbered(zip, /^xl\/worksheets\/sheet(\d+)\.xml$/).entries()) {
    out.heading(1, names[i] ?? `sheet ${i + 1}`);
    let row: string[] = [];
    let type = "";
    walkXml(zip.text(file), {
      open(name, attributes) {
        if (name === "c") type = attributes["t"] ?? "";
      },
      text(data, parent) {
        if (parent === "v") row.push(type === "s" ? (shared[Number(data)] ?? "") : data);
        if (parent === "t") row.push(data);
      },
      close(name) {
        if (name !== "row") return;
        out.block(row.join("\t"), "lines");
        row = [];
      },
    });
  }
  return out.parsed("xlsx", title);
}

function sharedStrings(zip: ZipFile): string[] {
  const strings: string[] = [];
  let text = "";
  walkXml(zip.text("xl/sharedStrings.xml"), {
    text(data, parent) {
      if (parent === "t") text += data;
    },
    close(name) {
      if (name !== "si") return;
      strings.push(text);
      text = "";
    },
  });
  return strings;
}

function sheetNames(zip: ZipFile): string[] {
  const names: string[] = [];
  walkXml(zip.text("xl/workbook.xml"), {
    open(name, attributes) {
      if (name === "sheet") names.push(attributes["name"] ?? "");
    },
  });
  return names;
}

function coreTitle(zip: ZipFile): string {
  let title = "";
  walkXml(zip.text("docProps/core.xml"), {
    text(data, parent) {
      if (parent === "dc:title") title += data;
    },
  });
  return title.trim();
}

/** The files whose names match, in the order of the number in them. */
function numbered(zip: ZipFile, pattern: RegExp): string[] {
  const number = (name: string) => Number(pattern.exec(name)?.[1]);
  return zip.names.filter((name) => pattern.test(name)).sort((a, b) => number(a) - number(b));
}

interface XmlEvents {
  open?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(data: string, parent: string): void;
  close?(name: string): void;
}

function walkXml(xml: string | undefined, events: XmlEvents): void {
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        open.push(name);
        events.open?.(name, attributes);
      },
      ontext: (data) => events.text?.(data, open.at(-1) ?? ""),
      onclosetag(name) {
        open.pop();
        events.close?.(name);
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.end(xml ?? "");
}
