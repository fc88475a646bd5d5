import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { walk } from "./walk.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "walk-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function files(contents: Record<string, string>): void {
  for (const [path, text] of Object.entries(contents)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

async function walked(paths = [root]): Promise<string[]> {
  const lines: string[] = [];
  for await (const file of walk(paths, new AbortController().signal))
    lines.push(relative(root, file.path) + ("reason" in file ? `: ${file.reason}` : ""));
  return lines;
}

test.runIf(process.platform === "linux")("what the system makes up is one line, given itself or found", async () => {
  expect(await walked(["/proc/self"])).toEqual([`${relative(root, "/proc/self")}: made up by the system, no file`]);
  expect(await walked(["/proc/cpuinfo"])).toEqual([`${relative(root, "/proc/cpuinfo")}: made up by the system, no file`]);
});

test("files come sorted, hidden ones and node_modules are left out", async () => {
  files({ "b.md": "", "a/z.txt": "", "a/b.txt": "", ".git/config": "", ".env": "", "node_modules/x/i.js": "" });
  expect(await walked()).toEqual(["a/b.txt", "a/z.txt", "b.md"]);
});

test("ignore files hold from their folder down, the nearer one wins", async () => {
  files({
    ".gitignore": "*.log\nbuild/\n",
    ".synesisignore": "secret.txt\n",
    "a.log": "",
    "build/out.js": "",
    "sub/secret.txt": "",
    "sub/.gitignore": "!keep.log\n",
    "sub/keep.log": "",
    "sub/drop.log": "",
  });
  expect(await walked()).toEqual(["sub/keep.log"]);
});

test("a file that is given itself is taken, hidden or ignored", async () => {
  files({ ".gitignore": "*", ".env": "", "a.txt": "" });
  expect(await walked([join(root, ".env"), join(root, "a.txt")])).toEqual([".env", "a.txt"]);
});

test("a file below two given paths comes once", async () => {
  files({ "a/b.txt": "" });
  expect(await walked([root, join(root, "a"), join(root, "a/b.txt")])).toEqual(["a/b.txt"]);
});

test("links out of the folder, in circles and to nothing are reported, never followed", async () => {
  files({ "a/in.txt": "" });
  symlinkSync("/", join(root, "a/out"));
  symlinkSync("..", join(root, "a/up"));
  symlinkSync("self", join(root, "a/self"));
  symlinkSync("nothing", join(root, "a/gone"));
  symlinkSync("in.txt", join(root, "a/same"));
  expect(await walked()).toEqual([
    "a/gone: link that leads nowhere",
    "a/in.txt",
    "a/out: link that leads out of the given folder",
    "a/self: link that leads to itself",
    "a/up: link that leads back to a folder above it",
  ]);
});

test("what is no file, or has a name that cannot be written down, is reported", async ({ skip }) => {
  if (process.platform !== "linux") skip("other systems have other names and pipes");
  files({ "a.txt": "" });
  execFileSync("mkfifo", [join(root, "pipe")]);
  writeFileSync(Buffer.concat([Buffer.from(join(root, "x")), Buffer.of(0xff)]), "");
  expect(await walked()).toEqual(["a.txt", "pipe: not a regular file", "x\uFFFD: file name is not valid UTF-8"]);
});

test("a folder that cannot be read is reported", async ({ skip }) => {
  if (process.getuid?.() === 0) skip("root reads every folder");
  files({ "locked/a.txt": "" });
  chmodSync(join(root, "locked"), 0);
  expect(await walked()).toEqual(["locked: folder cannot be read (EACCES)"]);
  chmodSync(join(root, "locked"), 0o700);
});

test("a path that does not exist is an error that names it", async () => {
  await expect(walked([join(root, "nothing")])).rejects.toMatchObject({ code: "PATH_NOT_FOUND" });
});

test("an aborted walk ends with the reason", async () => {
  files({ "a.txt": "" });
  const walking = walk([root], AbortSignal.abort(new Error("enough")));
  await expect(walking.next()).rejects.toThrow("enough");
});
