/** The tutorial for authors of plugins works as it is written: its files are written, its commands run, in their order. */
import { execFileSync } from "node:child_process";
import { chmodSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, test } from "vitest";
import { User } from "./synesis.ts";

const ROOT = join(import.meta.dirname, "../..");
const TUTORIAL = readFileSync(join(ROOT, "docs/plugins.md"), "utf8");

/** A code block of the page: a file to write, or commands to run. */
const BLOCKS = Array.from(TUTORIAL.matchAll(/^```(sh|js file=(\S+))\n([\s\S]*?)^```/gm), ([, , file, text = ""]) => ({ file, text }));

test("the tutorial can be followed from its first to its last command", async () => {
  const user = new User({ "mail.txt": "About TK-20481." });
  const bin = join(user.folder, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "synesis"), `#!/bin/sh\nexec "${process.execPath}" "${join(ROOT, "bin/synesis.js")}" "$@"\n`);
  chmodSync(join(bin, "synesis"), 0o755);
  mkdirSync(user.path("node_modules"));
  symlinkSync(ROOT, user.path("node_modules/superinstance"), "dir");
  const env = {
    ...process.env,
    SYNESIS_HOME: user.home,
    PATH: [bin, join(ROOT, "node_modules/.bin"), process.env["PATH"]].join(delimiter),
  };
  let printed = "";
  for (const { file, text } of BLOCKS) {
    if (file !== undefined) user.write(file, text);
    else printed += execFileSync("sh", ["-e", "-c", text], { cwd: user.files, env, encoding: "utf8" });
  }
  expect(BLOCKS.length).toBeGreaterThanOrEqual(7);
  expect(printed).toContain("synesis-plugin-brief 0.1.0");
  const { value } = await user.json(["redact", "mail.txt"]);
  expect(value).toMatchObject({ text: "About [TICKET_01]." });
});

test("every hook has a page, whose example is code that taps it", () => {
  const pages = globSync("docs/hooks/*.md", { cwd: ROOT });
  expect(pages.length).toBe(7);
  for (const page of pages) {
    const name = page.replace(/^.*\/(\w+)\.md$/, "$1");
    const [, code = ""] = /^```js\n([\s\S]*?)^```/m.exec(readFileSync(join(ROOT, page), "utf8")) ?? [];
    const tapped: string[] = [];
    const context = { tap: (hook: string, tap: unknown) => typeof tap === "function" && tapped.push(hook) };
    new Function("context", "total", code)(context, 0);
    expect(tapped).toEqual([name]);
  }
});
