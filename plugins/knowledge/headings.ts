/** Stands between the headings of a path. */
export const HEADING_SEPARATOR = "›";

/** Keeps the path of headings that stand above the current place of a document. */
export class HeadingPath {
  readonly #open: { level: number; text: string }[] = [];

  /** A heading of `level` closes those of its level and below. */
  enter(level: number, text: string): void {
    while ((this.#open.at(-1)?.level ?? 0) >= level) this.#open.pop();
    this.#open.push({ level, text: text.trim().replace(/\s+/g, " ").slice(0, 200) });
  }

  /** The headings from outermost to innermost, without the document's `title`. */
  line(title = ""): string {
    return this.#open
      .map(({ text }) => text)
      .filter((text) => text !== "" && text !== title)
      .join(` ${HEADING_SEPARATOR} `);
  }
}
