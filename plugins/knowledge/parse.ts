import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import type { ReadDocument } from "../../kernel/index.ts";
import { chunksOf } from "./chunk.ts";
import { summarise } from "./classify.ts";
import { decode } from "./decode.ts";
import type { Parsed } from "./parsed.ts";
import { parseMarkdown } from "./readers/markdown.ts";
import { parsePlain } from "./readers/plain.ts";
import type { Reading } from "./reading.ts";

const MARKDOWN = new Set([".md", ".markdown", ".mdx", ".mkd"]);
const HTML = new Set([".html", ".htm", ".xhtml"]);
const MAIL = new Set([".eml", ".mbox"]);
const ARCHIVES = new Set([".docx", ".pptx", ".xlsx", ".epub"]);
const TEXT = new Set([".txt", ".text", ".rst", ".adoc", ".org", ".tex", ".log", ".srt", ".vtt", ""]);
const DATA = new Set([".json", ".jsonl", ".ndjson", ".json5", ".csv", ".tsv", ".yaml", ".yml", ".toml", ".ini", ".xml", ".properties"]);

/** A file's bytes as a document without size and time, or the reason why it is none. */
export async function parseBytes(reading: Reading, path: string, bytes: Uint8Array): Promise<ReadDocument | { readonly reason: string }> {
  if (bytes.length === 0) return { reason: "empty file" };
  if (isPdf(bytes)) return parsePdfBytes(reading, path, bytes);
  if (ARCHIVES.has(extname(path).toLowerCase())) return parseArchive(reading, path, bytes);
  const decoded = decode(bytes);
  return "reason" in decoded ? decoded : parseText(reading, path, decoded.text);
}

/** Text, read as the ending of its path says. */
export async function parseText(
  reading: Reading,
  path: string,
  text: string,
  title?: string,
): Promise<ReadDocument | { readonly reason: string }> {
  return documentOf(reading, path, await parsedText(extname(path).toLowerCase(), text), title);
}

async function parsedText(ending: string, text: string): Promise<Parsed> {
  if (MARKDOWN.has(ending)) return parseMarkdown(text);
  if (HTML.has(ending)) return (await import("./readers/html.ts")).parseHtml(text);
  if (MAIL.has(ending)) return (await import("./readers/mail.ts")).parseMail(text);
  if (ending === ".ipynb") return (await import("./readers/notebook.ts")).parseNotebook(text);
  return parsePlain(text, TEXT.has(ending) ? "text" : DATA.has(ending) ? "data" : "code");
}

async function parseArchive(reading: Reading, path: string, bytes: Uint8Array): Promise<ReadDocument | { readonly reason: string }> {
  const [{ ZipFile }, { parseOffice }, { parseEpub }] = await Promise.all([
    import("./zip.ts"),
    import("./readers/office.ts"),
    import("./readers/epub.ts"),
  ]);
  try {
    const zip = new ZipFile(bytes);
    const parsed = parseOffice(zip) ?? parseEpub(zip);
    return parsed ? documentOf(reading, path, parsed) : { reason: "not a document of a known kind" };
  } catch {
    return { reason: "broken document" };
  }
}

async function parsePdfBytes(reading: Reading, path: string, bytes: Uint8Array): Promise<ReadDocument | { readonly reason: string }> {
  const { parsePdf } = await import("./readers/pdf.ts");
  try {
    return documentOf(reading, path, await parsePdf(bytes));
  } catch (error) {
    const secured = error instanceof Error && error.name === "PasswordException";
    return { reason: secured ? "PDF that needs a password" : "broken PDF" };
  }
}

function documentOf(reading: Reading, path: string, parsed: Parsed, title?: string): ReadDocument | { readonly reason: string } {
  const { kind, text, tags = [] } = parsed;
  const findings = reading.classify?.(text);
  const chunks = chunksOf(parsed, reading.cut, findings && ((range) => summarise(findings, range)));
  if (chunks.length === 0) return { reason: "no text in it" };
  return {
    path,
    title: title || parsed.title || basename(path),
    kind,
    hash: createHash("sha256").update(text).digest("hex"),
    size: 0,
    modified: 0,
    recipe: reading.recipe,
    tags,
    ...(findings && { privacy: summarise(findings) }),
    chunks,
  };
}

function isPdf(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes("%PDF-");
}
