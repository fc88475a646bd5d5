/** Code, configuration and documentation out of installed packages: texts in which there are hardly any names. */
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

const FILES = "*/{*,src/*,lib/*,docs/*,dist/*}.{md,ts,js,mjs,json,yml,yaml,sh,css}";
const MAX_BYTES = 80_000;
const MAX_FILES = 2_500;
const LINES = 24;
/** Where people and companies are named. */
const NAMED = /@|author|copyright|licen[cs]e|contribut|maintain|sponsor|thanks|credit|https?:|\bby [A-Z]/i;

/** Pieces of a few lines each. */
export function technicalTexts(packages: string): string[] {
  const files = globSync(FILES, { cwd: packages }).sort();
  const step = Math.max(1, Math.floor(files.length / MAX_FILES));
  return files
    .filter((file, i) => i % step === 0 && !/licen[cs]e|changelog|authors|history|\.min\./i.test(file))
    .map((file) => join(packages, file))
    .filter((file) => statSync(file).size < MAX_BYTES)
    .flatMap((file) => piecesOf(readFileSync(file, "utf8")));
}

function piecesOf(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.length < 160 && line.trim() !== "" && !NAMED.test(line));
  return Array.from({ length: Math.ceil(lines.length / LINES) }, (_, i) => lines.slice(i * LINES, (i + 1) * LINES).join("\n"));
}
