import { HeadingPath } from "./headings.ts";
import type { Layout, Parsed, Section } from "./parsed.ts";

/** Builds a text of headings and blocks, for formats whose source is not text; offsets are those of the text built. */
export class Outline {
  readonly #pieces: string[] = [];
  readonly #sections: Section[] = [];
  readonly #path = new HeadingPath();
  #length = 0;
  #start = 0;
  #layout: Layout = "prose";

  heading(level: number, text: string): void {
    this.#close();
    this.#path.enter(level, text);
  }

  block(text: string, layout: Layout = "prose"): void {
    const trimmed = text.trim();
    if (trimmed === "") return;
    if (layout !== this.#layout) this.#close();
    this.#layout = layout;
    this.#push(trimmed + (layout === "lines" ? "\n" : "\n\n"));
  }

  parsed(kind: string, title: string): Parsed {
    this.#close();
    return { title, kind, text: this.#pieces.join(""), sections: this.#sections };
  }

  #push(piece: string): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
  }

  #close(): void {
    if (this.#length > this.#start)
      this.#sections.push({ heading: this.#path.line(), start: this.#start, end: this.#length, layout: this.#layout });
    this.#start = this.#length;
  }
}
