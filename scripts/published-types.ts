// The types that authors of plugins write against, gathered from dist/types into one file that can be read, and compared:
// what the public modules declare, then whatever those declarations name, without comments.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const FILE = "docs/published-types.d.ts";
const ENTRIES = { superinstance: "dist/types/sdk/index.d.ts", "superinstance/testkit": "dist/types/sdk/testkit.d.ts" };

interface Module {
  readonly declared: Map<string, string>;
  readonly imported: Map<string, { readonly file: string | undefined; readonly name: string }>;
  readonly exported: string[];
  /** Files whose exports are passed on. */
  readonly passedOn: string[];
}

interface Shown {
  readonly name: string;
  readonly text: string;
}

/** The text of the file, made from what was built. */
export function publishedTypes(): string {
  const modules = new Map<string, Module>();
  const read = (file: string): Module => {
    const module = modules.get(file) ?? parse(readFileSync(file, "utf8"), file);
    modules.set(file, module);
    return module;
  };
  const shown = new Set<string>(); // by file and name
  /** Shows a declaration, and what it names: of its own file, or imported into it. */
  const show = (file: string, name: string, into: Shown[]): void => {
    const { declared, imported, passedOn } = read(file);
    const from = imported.get(name);
    if (from) {
      if (from.file !== undefined && existsSync(from.file)) show(from.file, from.name, into);
      return;
    }
    const text = declared.get(name);
    if (text === undefined) for (const other of passedOn) show(other, name, into);
    if (text === undefined || shown.has(`${file} ${name}`)) return;
    if (into === later && text.includes("declare function")) return; // a type names its name at most
    shown.add(`${file} ${name}`);
    into.push({ name, text });
    for (const word of new Set(text.match(/[A-Za-z_]\w*/g))) if (word !== name) show(file, word, later);
  };
  const later: Shown[] = [];
  const sections = Object.entries(ENTRIES).map(([name, file]) => {
    const own: Shown[] = [];
    for (const one of read(file).exported) show(file, one, own);
    return `// ---- ${name}\n\n${own.map(({ text }) => text).join("\n\n")}`;
  });
  const reached = later.sort((a, b) => (a.name < b.name ? -1 : 1)).map(({ text }) => text.replace(/^export /, ""));
  return `// The published types, gathered by \`npm run types\`. A change here is a change for every author of a plugin.\n\n${sections.join("\n\n")}\n\n// ---- what these name\n\n${reached.join("\n\n")}\n`;
}

const declarations = (file: string, from: string) => join(dirname(file), from.replace(/\.(?:js|ts)$/, ".d.ts"));

/** The top-level declarations of a file as the compiler writes it, by name. */
function parse(text: string, file: string): Module {
  const bare = text.replace(/[ \t]*\/\*\*[\s\S]*?\*\/\n?/g, "").replace(/^\s*\/\/.*\n/gm, "");
  const declared: Module["declared"] = new Map();
  const imported: Module["imported"] = new Map();
  const exported: string[] = [];
  for (const [, kind, names, from] of bare.matchAll(/^(import|export)(?: type)? \{([^}]*)\} from "([^"]+)";/gm)) {
    if (names === undefined || from === undefined) continue;
    const target = from.startsWith(".") ? declarations(file, from) : undefined;
    for (const spec of names.split(",")) {
      const [name = "", local = name] = spec
        .trim()
        .replace(/^type /, "")
        .split(" as ");
      if (!name) continue;
      imported.set(local, { file: target, name });
      if (kind === "export") exported.push(local);
    }
  }
  const passedOn = Array.from(bare.matchAll(/^export(?: type)? \* from "([^"]+)";/gm), ([, from = ""]) => declarations(file, from));
  // A declaration begins at the margin, and goes on while lines are indented or close a brace.
  for (const whole of bare.split(/\n(?=[^\s}])/)) {
    const [, isExported, name] = /^(export )?(?:declare )?(?:interface|type|const|function|class|abstract class) (\w+)/.exec(whole) ?? [];
    if (!name) continue;
    declared.set(name, whole.trimEnd());
    if (isExported) exported.push(name);
  }
  return { declared, imported, exported, passedOn };
}

if (process.argv[1] === import.meta.filename) writeFileSync(FILE, publishedTypes());
