import { Parser } from "htmlparser2";
import { HeadingPath } from "../headings.ts";
import { type Parsed, type Section, UnreadableError } from "../parsed.ts";

const UNSEEN = new Set(["script", "style", "noscript", "template", "svg", "math", "object", "iframe", "select", "head"]);
const BLOCK = new Set(
  "address article aside blockquote body br dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);
const VOID = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"]);
/** The parser's time rises with the square of the depth. */
const MAX_DEPTH = 5_000;
const LINE = new Set(["br", "li", "td", "th", "tr", "dt", "dd"]);
const HEADING = /^h[1-6]$/;

/** The text that a reader of the page sees, with its place in the source. */
export function parseHtml(source: string): Parsed {
  const out = new MappedText();
  const path = new HeadingPath();
  const sections: Section[] = [];
  let title = "";
  let inTitle = false;
  let depth = 0;
  let unseen = 0;
  let pre = 0;
  let start = 0;
  let heading: string | undefined;

  const close = () => sections.push({ heading: path.line(title.trim()), start, end: out.length, layout: "prose" });
  const parser = new Parser({
    onopentag(name) {
      if (!VOID.has(name) && ++depth > MAX_DEPTH) throw new UnreadableError("nested too deeply");
      if (name === "title" && unseen <= 1) inTitle = true;
      if (UNSEEN.has(name)) unseen++;
      if (name === "pre") pre++;
      if (BLOCK.has(name)) out.breakLine(LINE.has(name) ? 1 : 2);
      if (name === "li") out.add("- ", parser.startIndex, 0, true);
      if (HEADING.test(name) && unseen === 0) {
        close();
        heading = "";
      }
    },
    ontext(data) {
      if (inTitle) title += data;
      else if (unseen === 0) out.add(data, parser.startIndex, parser.endIndex - parser.startIndex + 1, pre > 0);
      if (heading !== undefined) heading += data;
    },
    onclosetag(name) {
      if (!VOID.has(name)) depth--;
      if (name === "title") inTitle = false;
      if (UNSEEN.has(name)) unseen = Math.max(0, unseen - 1);
      if (name === "pre") pre = Math.max(0, pre - 1);
      if (BLOCK.has(name)) out.breakLine(LINE.has(name) ? 1 : 2);
      if (HEADING.test(name) && heading !== undefined) {
        path.enter(Number(name[1]), heading);
        start = out.length;
        heading = undefined;
      }
    },
  });
  parser.end(source);
  close();
  const text = out.toString();
  const filled = sections.filter((section) => text.slice(section.start, section.end).trim() !== "");
  const whole: Section[] = text.trim() === "" ? [] : [{ heading: "", start: 0, end: text.length, layout: "prose" }];
  return {
    title: title.trim().replace(/\s+/g, " "),
    kind: "html",
    text,
    sections: filled.length > 0 ? filled : whole,
    map: out.map,
  };
}

/** Text put together from pieces of a source; remembers where each came from. */
class MappedText {
  readonly map: number[] = [0, 0];
  length = 0;
  readonly #pieces: string[] = [];
  /** Line breaks at the end; -1 when nothing stands before. */
  #breaks = -1;
  #spaced = true;

  /** Adds `data`, which stands at `from` in the source, `length` long there; runs of white space become one space. */
  add(data: string, from: number, length: number, keepSpace: boolean): void {
    const aligned = data.length === length;
    for (const [piece, i] of keepSpace ? [[data, 0] as const] : pieces(data)) {
      const space = !keepSpace && piece.trim() === "";
      if (space && this.#spaced) continue;
      this.map.push(this.length, from + (aligned ? i : 0));
      this.#push(space ? " " : piece);
      this.#spaced = space || /\s$/.test(piece);
      if (!space) this.#breaks = piece.endsWith("\n") ? 1 : 0;
    }
  }

  breakLine(lines: number): void {
    if (this.#breaks === -1 || this.#breaks >= lines) return;
    this.#push("\n".repeat(lines - this.#breaks));
    this.#breaks = lines;
    this.#spaced = true;
  }

  toString(): string {
    return this.#pieces.join("");
  }

  #push(piece: string): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }
}

function pieces(data: string): (readonly [string, number])[] {
  return Array.from(data.matchAll(/\s+|\S+(?: \S+)*/g), (match) => [match[0], match.index] as const);
}
