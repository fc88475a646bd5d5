/** Longer lists, and longer tags, are somebody's mistake. */
const MAX_TAGS = 100;
const MAX_LENGTH = 100;

/** `tags:` with what stands on its line, and the lines below that belong to it: items, or the rest of a list in brackets. */
const TAGS = /^tags:[ \t]*(\[[^\]]*\]|.*)\r?\n((?:[ \t]*-[ \t].*\r?\n)*)/im;

/** The tags that the front matter of a Markdown file names, in small letters, each once: a list of YAML, or words with commas. */
export function frontMatterTags(front: string): string[] {
  const [, line = "", items = ""] = TAGS.exec(front) ?? [];
  const values =
    line.trim() === "" ? items.split("\n").map((item) => item.replace(/^[ \t]*-/, "")) : line.replace(/^\[|\]\s*$/g, "").split(",");
  const tags = values.map(tagOf).filter((tag) => tag !== "" && tag.length <= MAX_LENGTH);
  return [...new Set(tags)].slice(0, MAX_TAGS);
}

/** Without its quotation marks, comment and hash. */
function tagOf(value: string): string {
  return value
    .trim()
    .replace(/[ \t]#.*$/, "")
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2")
    .replace(/^#/, "")
    .trim()
    .toLowerCase();
}
