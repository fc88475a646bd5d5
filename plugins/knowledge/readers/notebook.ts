import { Outline } from "../outline.ts";
import type { Parsed } from "../parsed.ts";

interface Cell {
  readonly cell_type?: string;
  readonly source?: string | readonly string[];
  readonly outputs?: readonly { readonly text?: string | readonly string[] }[];
}

/** A Jupyter notebook: its texts under their headings, its code, and what the code printed. */
export function parseNotebook(source: string): Parsed {
  const { cells = [] } = JSON.parse(source) as { cells?: readonly Cell[] };
  const out = new Outline();
  let title = "";
  for (const cell of cells) {
    const text = joined(cell.source);
    if (cell.cell_type !== "markdown") {
      out.block(text, "code");
      for (const output of cell.outputs ?? []) out.block(joined(output.text), "lines");
      continue;
    }
    const heading = /^(#{1,6})[ \t]+(.*)/.exec(text);
    if (!heading) out.block(text);
    else {
      out.heading((heading[1] as string).length, heading[2] as string);
      title ||= (heading[2] as string).trim();
      out.block(text.slice(heading[0].length));
    }
  }
  return out.parsed("notebook", title);
}

function joined(text: string | readonly string[] | undefined): string {
  return typeof text === "string" ? text : (text ?? []).join("");
}
