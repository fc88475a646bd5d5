import type { Probe } from "./probe.ts";

/** A machine that is not here: its files, and what its programs print. A folder's names follow from the files. */
export function recorded(
  platform: NodeJS.Platform,
  files: Readonly<Record<string, string>> = {},
  programs: Readonly<Record<string, string>> = {},
): Probe {
  return {
    platform,
    arch: "x64",
    read: (path) => files[path],
    list: (folder) => [
      ...new Set(
        Object.keys(files)
          .filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""),
      ),
    ],
    run: async (command, args) => programs[[command, ...args].join(" ")] ?? programs[command],
  };
}
