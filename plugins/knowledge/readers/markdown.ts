import { HeadingPath } from "../headings.ts";
import type { Parsed, Section } from "../parsed.ts";
import { frontMatterTags } from "./front-matter.ts";

const FRONT_MATTER = /^---[ \t]*\r?\n(?:.*\r?\n){0,200}?---[ \t]*(?:\r?\n|$)/;
const HEADING = /^ {0,3}(#{1,6})(?=[ \t])/;
/** What is kept of a heading before it is looked at closely. */
const MAX_HEADING = 300;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;
const UNDERLINE = /^ {0,3}(=+|-{2,})[ \t]*$/;

/** Sections by headings; headings inside fenced code do not count. The text is the source itself. */
export function parseMarkdown(text: string): Parsed {
  const front = FRONT_MATTER.exec(text)?.[0] ?? "";
  const path = new HeadingPath();
  const sections: Section[] = [];
  let title = frontMatterTitle(front);
  let fence: string | undefined;
  let start = front.length;
  let previous: Line | undefined;

  const close = (end: number) => {
    if (text.slice(start, end).trim() !== "") sections.push({ heading: path.line(title), start, end, layout: "prose" });
  };
  const enter = (level: number, heading: string, from: number, to: number) => {
    close(from);
    if (title === "" && level === 1) title = heading.trim();
    path.enter(level, plain(heading));
    start = to;
  };

  for (const line of lines(text, front.length)) {
    const mark = FENCE.exec(line.text)?.[1];
    if (fence !== undefined) {
      if (mark?.startsWith(fence) && line.text.trim() === mark) fence = undefined;
    } else if (mark !== undefined) fence = mark;
    else {
      const heading = HEADING.exec(line.text);
      const underline = UNDERLINE.exec(line.text)?.[1];
      if (heading) enter((heading[1] as string).length, headingText(line.text.slice(heading[0].length)), line.start, line.end);
      else if (underline && previous && isParagraphLine(previous.text))
        enter(underline.startsWith("=") ? 1 : 2, previous.text.slice(0, MAX_HEADING), previous.start, line.end);
    }
    previous = fence === undefined ? line : undefined;
  }
  close(text.length);
  return { title: plain(title), kind: "markdown", text, sections: orHeadings(sections, text), tags: frontMatterTags(front) };
}

/** A document that is all headings is found by them. */
function orHeadings(sections: readonly Section[], text: string): readonly Section[] {
  if (sections.length > 0 || text.trim() === "") return sections;
  return [{ heading: "", start: 0, end: text.length, layout: "lines" }];
}

interface Line {
  readonly text: string;
  readonly start: number;
  /** Behind the line break. */
  readonly end: number;
}

function* lines(text: string, from: number): Generator<Line> {
  for (let start = from; start < text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline === -1 ? text.length : newline + 1;
    yield { text: text.slice(start, end).replace(/\r?\n$/, ""), start, end };
    start = end;
  }
}

function isParagraphLine(line: string): boolean {
  return /^ {0,3}[^\s>|#`~*+-]/.test(line) && !line.includes("|");
}

function frontMatterTitle(front: string): string {
  return /^title:[ \t]*["']?(.*?)["']?[ \t]*\r?$/m.exec(front)?.[1] ?? "";
}

/** The text of a heading line behind its marks, without the marks that may close it. */
function headingText(rest: string): string {
  const text = rest.trim();
  let end = text.length;
  while (text[end - 1] === "#") end--;
  return text.slice(0, end).trimEnd().slice(0, MAX_HEADING);
}

/** A heading without its emphasis, code marks and link targets. */
function plain(heading: string): string {
  return heading
    .replace(/!?\[([^\]]{0,200})\]\([^)]{0,500}\)/g, "$1")
    .replace(/[*_`]{1,3}(\S(?:.{0,200}?\S)?)[*_`]{1,3}/g, "$1")
    .trim();
}
