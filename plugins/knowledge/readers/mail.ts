import { Outline } from "../outline.ts";
import type { Parsed } from "../parsed.ts";
import { parseHtml } from "./html.ts";

/** How deep parts may lie in parts. */
const MAX_DEPTH = 8;

/** One e-mail, or all of an mbox file: subject, sender, date and the text of each; attachments are left out. */
export function parseMail(source: string): Parsed {
  const out = new Outline();
  const messages = /^From .*\r?\n(?=[\w-]+:)/.test(source) ? source.split(/^From .*\r?\n(?=[\w-]+:)/m).slice(1) : [source];
  let title = "";
  for (const message of messages) {
    const { headers, body } = splitHeaders(message);
    const subject = decodeWords(headers.get("subject") ?? "");
    title ||= subject;
    out.heading(1, subject);
    const people = ["from", "to", "date"].flatMap((name) => {
      const value = headers.get(name);
      return value ? [`${name[0]?.toUpperCase()}${name.slice(1)}: ${decodeWords(value)}`] : [];
    });
    out.block(people.join("\n"));
    out.block(textOf(headers, body, 0));
  }
  return out.parsed("mail", title);
}

function splitHeaders(part: string): { headers: Map<string, string>; body: string } {
  const gap = /\r?\n\r?\n/.exec(part);
  const head = gap ? part.slice(0, gap.index) : part;
  const headers = new Map<string, string>();
  for (const line of head.replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    const colon = line.indexOf(":");
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { headers, body: gap ? part.slice(gap.index + gap[0].length) : "" };
}

function textOf(headers: ReadonlyMap<string, string>, body: string, depth: number): string {
  const type = headers.get("content-type") ?? "text/plain";
  if (/^attachment/i.test(headers.get("content-disposition") ?? "") || depth > MAX_DEPTH) return "";
  if (/^multipart\//i.test(type)) return textOfParts(type, body, depth);
  if (!/^text\//i.test(type)) return "";
  const text = decodeBody(body, headers.get("content-transfer-encoding") ?? "", /charset="?([\w-]+)/i.exec(type)?.[1] ?? "utf-8");
  return /^text\/html/i.test(type) ? parseHtml(text).text : text;
}

/** Of alternatives the plain one, else every part. */
function textOfParts(type: string, body: string, depth: number): string {
  const boundary = /boundary="?([^";]+)/i.exec(type)?.[1];
  if (!boundary) return "";
  const parts = body
    .split(`--${boundary}`)
    .slice(1)
    .map((part) => splitHeaders(part.replace(/^\r?\n/, "")));
  const plain = parts.filter(({ headers }) => /^text\/plain/i.test(headers.get("content-type") ?? ""));
  const chosen = /^multipart\/alternative/i.test(type) && plain.length > 0 ? plain : parts;
  return chosen
    .map((part) => textOf(part.headers, part.body, depth + 1))
    .filter((text) => text !== "")
    .join("\n\n");
}

function decodeBody(body: string, encoding: string, charset: string): string {
  if (/^base64$/i.test(encoding.trim())) return decodeBytes(Buffer.from(body, "base64"), charset);
  if (/^quoted-printable$/i.test(encoding.trim())) return decodeBytes(quotedPrintable(body.replace(/=\r?\n/g, "")), charset);
  return body;
}

/** Words such as `=?utf-8?Q?caf=C3=A9?=` in a header. */
function decodeWords(value: string): string {
  return value
    .replace(/\?=\s+=\?/g, "?==?")
    .replace(/=\?([\w-]+)\?([BQ])\?([^?]*)\?=/gi, (_, charset: string, form: string, text: string) =>
      decodeBytes(/b/i.test(form) ? Buffer.from(text, "base64") : quotedPrintable(text.replaceAll("_", " ")), charset),
    );
}

function quotedPrintable(text: string): Buffer {
  const bytes = text.replace(/[^\p{ASCII}]/gu, (letter) => encodeURIComponent(letter).replaceAll("%", "="));
  return Buffer.from(
    bytes.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    "latin1",
  );
}

function decodeBytes(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
