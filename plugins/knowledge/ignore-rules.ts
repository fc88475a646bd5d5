import { readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";

const FILES = [".gitignore", ".synesisignore"];

/** The ignore files of one folder. */
export interface IgnoreRules {
  /** Whether they leave `path` out; undefined when they say nothing of it. */
  test(path: string, folder: boolean): boolean | undefined;
}

/** The rules that hold in `folder`, outermost first: those from above, and its own when it has some. */
export async function readIgnoreRules(
  folder: string,
  names: readonly string[],
  above: readonly IgnoreRules[],
): Promise<readonly IgnoreRules[]> {
  const present = FILES.filter((name) => names.includes(name));
  if (present.length === 0) return above;
  const { default: ignore } = await import("ignore");
  const own = ignore();
  for (const name of present) own.add(readLines(join(folder, name)));
  return [
    ...above,
    {
      test(path, isFolder) {
        const { ignored, unignored } = own.test(relative(folder, path).replaceAll(sep, "/") + (isFolder ? "/" : ""));
        return ignored ? true : unignored ? false : undefined;
      },
    },
  ];
}

function readLines(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
