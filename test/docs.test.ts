/** The documentation says what the program does. */
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const read = (file: string) => readFileSync(join(ROOT, file), "utf8");

test("the reference is what the program itself says of its commands, settings and errors", () => {
  execFileSync(process.execPath, ["scripts/write-reference.js", "--check"], { cwd: ROOT, stdio: "pipe" });
});

test("every hook is in the reference", () => {
  const hooks = Array.from(read("kernel/hooks.ts").matchAll(/^ {2}(\w+): \{$|^ {2}(\w+): \{ takes/gm), ([, a, b]) => a ?? b);
  expect(hooks.length).toBe(7);
  for (const hook of hooks) expect(read("docs/reference.md")).toContain(`\`${hook}\``);
});

test("every dependency has its reason, and none is listed that is not there", () => {
  const pjson = JSON.parse(read("package.json")) as Record<
    "dependencies" | "devDependencies" | "optionalDependencies",
    Record<string, string>
  >;
  const listed = read("docs/dependencies.md");
  const names = Object.entries({ ...pjson.dependencies, ...pjson.optionalDependencies, ...pjson.devDependencies });
  for (const [name, version] of names) {
    expect(listed, name).toContain(`\`${name}\``);
    if (!name.startsWith("@types/")) expect(listed, name).toContain(version);
  }
  for (const [, name = ""] of listed.matchAll(/`((?:@[\w-]+\/)?[\w-]+)` [\d]/g)) expect(Object.fromEntries(names)).toHaveProperty([name]);
});

test("links between documents lead somewhere", () => {
  const documents = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })];
  const broken = documents.flatMap((document) =>
    Array.from(read(document).matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g), ([, target = ""]) =>
      normalize(join(dirname(document), target)),
    ).filter((target) => !existsSync(join(ROOT, target))),
  );
  expect(broken).toEqual([]);
});

test("the README's two commands are the ones that the continuous check runs", () => {
  const commands = Array.from(read("README.md").matchAll(/^```sh\n([\s\S]*?)^```/gm), ([, code = ""]) => code.trim().split("\n")).flat();
  const run = read(".ci/run");
  for (const command of commands.filter((line) => /^(npm|npx)/.test(line)).flatMap((line) => line.split(" && ")))
    expect(run).toContain(command);
  expect(commands.length).toBeGreaterThan(1);
});
