import { extractText, getDocumentProxy, getMeta } from "unpdf";
import type { Parsed, Section } from "../parsed.ts";

/** The text of each page; offsets are those of the pages' text, joined by empty lines. */
export async function parsePdf(bytes: Uint8Array): Promise<Parsed> {
  // A copy: pdf.js refuses a Buffer and takes the memory that it is given.
  const pdf = await getDocumentProxy(Uint8Array.from(bytes), { verbosity: 0 });
  try {
    const { text: pages } = await extractText(pdf, { mergePages: false });
    const { info } = await getMeta(pdf);
    const sections: Section[] = [];
    let text = "";
    for (const [i, page] of pages.entries()) {
      if (text !== "") text += "\n\n";
      const start = text.length;
      text += page;
      if (page.trim() !== "") sections.push({ heading: `page ${i + 1}`, start, end: text.length, layout: "prose" });
    }
    const title = (info as { Title?: unknown }).Title;
    return { title: typeof title === "string" ? title.trim() : "", kind: "pdf", text, sections };
  } finally {
    await pdf.loadingTask.destroy();
  }
}
