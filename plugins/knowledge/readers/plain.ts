import type { Layout, Parsed } from "../parsed.ts";

/** The whole text as one section. */
export function parsePlain(text: string, kind: "text" | "data" | "code"): Parsed {
  const layout: Layout = kind === "text" ? "prose" : kind === "code" ? "code" : "lines";
  return { title: "", kind, text, sections: text.trim() === "" ? [] : [{ heading: "", start: 0, end: text.length, layout }] };
}
