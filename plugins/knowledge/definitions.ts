import type { Range } from "../../pipeline/text/sentences.ts";

/** The keywords that begin a definition in common languages, after modifiers, and the name that follows. */
const DEFINITION =
  /^[ \t]*(?:(?:export|default|public|private|protected|internal|static|abstract|final|async|pub(?:\([a-z]+\))?|unsafe|extern|inline|override|open|data|sealed|declare)\s+){0,5}(?:function\*?|class|def|fn|func|interface|type|struct|enum|impl|trait|module|namespace|object|protocol|const|let|var|val)\s+([\p{L}_$][\p{L}\p{N}_$.:<>]{0,79})/mu;

/**
 * Blocks of source code: they end at an empty line that is followed by a line without indentation, which is where
 * languages of every family put the next definition. Indentation is kept.
 */
export function splitDefinitions(code: string): Range[] {
  const blocks: Range[] = [];
  let start = 0;
  for (const match of code.matchAll(/\n[ \t]*\r?\n(?=[^\s})\]])/g)) {
    push(blocks, code, start, match.index);
    start = match.index + match[0].length;
  }
  push(blocks, code, start, code.length);
  return blocks;
}

/** The name of the first definition in a block of code; empty when there is none. */
export function definitionName(code: string): string {
  return DEFINITION.exec(code)?.[1] ?? "";
}

function push(blocks: Range[], code: string, from: number, to: number): void {
  const start = from + (/^(?:[ \t]*\r?\n)*/.exec(code.slice(from, to))?.[0].length ?? 0);
  const end = from + code.slice(from, to).trimEnd().length;
  if (start < end) blocks.push({ start, end });
}
