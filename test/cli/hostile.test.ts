/** What was once broken from outside, and must not be again. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { HANDBOOK } from "./handbook.ts";
import { jsonLines, User } from "./synesis.ts";

/** A PDF of one page with one line of text, as small as one can be. */
function pdf(text: string): string {
  const stream = `BT /F1 12 Tf 20 100 Td (${text}) Tj ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 200] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
  ];
  let file = "%PDF-1.4\n";
  const offsets = objects.map((object, i) => {
    const offset = file.length;
    file += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  file += `xref\n0 6\n0000000000 65535 f \n${offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("")}`;
  return `${file}trailer << /Size 6 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
}

test("a PDF is read, and its passage found", async () => {
  const user = new User({ "rota.pdf": pdf("The night watch was founded by Petra Holm in 1902.") });
  expect((await user.json(["knowledge", "add", "."])).value).toMatchObject({ added: 1, skipped: [] });
  expect((await user.json(["ask", "Who founded the night watch?", "--threshold", "0"])).value).toMatchObject({
    outcome: "answered",
    answer: expect.stringContaining("Petra Holm"),
  });
});

const fails = (name: string, code: string, exit: number, spoil: (home: string) => unknown) =>
  test(`${name} is an error of ask and of each line of a batch, never an answer that nothing is known`, async () => {
    const user = new User(HANDBOOK);
    await user.run(["knowledge", "add", "."]);
    const held = spoil(user.home);
    expect(await user.json(["ask", "Who built the Heliograph?"])).toMatchObject({ code: exit, value: { error: { code } } });
    const { stdout } = await user.run(["batch", "ask", "-"], { input: '{"id":1,"question":"Who built the Heliograph?"}\n' });
    expect(jsonLines(stdout)).toMatchObject([{ id: 1, error: { code } }]);
    if (held instanceof Sqlite) held.close();
  });

const vaultFiles = (home: string) => ["", "-wal", "-shm"].map((suffix) => join(home, `knowledge.db${suffix}`));

fails("a scrambled knowledge vault", "DATABASE_CORRUPT", 1, (home) => {
  for (const file of vaultFiles(home)) if (existsSync(file)) writeFileSync(file, "scrambled ".repeat(2_000));
});

fails("a knowledge vault that is a folder", "HOME_UNUSABLE", 2, (home) => {
  for (const file of vaultFiles(home)) rmSync(file, { force: true });
  mkdirSync(join(home, "knowledge.db"));
});

const loses = (name: string, code: string, spoil: (home: string) => void) =>
  test(`reinflate with ${name} is an error, not a text with tokens in it`, async () => {
    const user = new User();
    await user.run(["redact", "-", "--session", "s"], { input: "to ada@station.example" });
    spoil(user.home);
    expect(await user.json(["reinflate", "-", "--session", "s"], "to [EMAIL_01]")).toMatchObject({ code: 1, value: { error: { code } } });
  });

loses("the key gone", "TOKEN_KEY_MISSING", (home) => unlinkSync(join(home, "keys/tokens.key")));
loses("another key", "TOKEN_KEY_WRONG", (home) => writeFileSync(join(home, "keys/tokens.key"), Buffer.alloc(32, 7)));

test("reinflate says so when the session has none of the text's tokens", async () => {
  const { code, stdout, stderr } = await new User().run(["reinflate", "-", "--session", "nobody"], { input: "to [EMAIL_01]" });
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "to [EMAIL_01]", stderr: expect.stringContaining('"nobody"') });
});

test("what documents, names and questions hold cannot steer the terminal", async () => {
  const evil = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e";
  const user = new User({ [`evil${evil}.md`]: `# Engine\n\nThe ansian engine was invented by ${evil} Eve in 1931.` });
  await user.run(["knowledge", "add", "."]);
  const outputs = [
    await user.run(["ask", `Who invented the ansian ${evil} engine?`, "--threshold", "0", "--explain"]),
    await user.run(["knowledge", "search", "ansian engine"]),
    await user.run(["knowledge", "list"]),
    await user.run(["logs"]),
    await user.run(["config", "get", `x${evil}`]),
  ];
  expect(outputs[0]?.stdout).toContain("Eve");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
  for (const { stdout, stderr } of outputs) expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u009b\u202e]/);
});

test("text on standard input is never taken for an argument, nor repeated in an error", async () => {
  const user = new User();
  expect((await user.json(["redact", "--session", "s"], "secret bob@example.com")).value).toMatchObject({ text: "secret [EMAIL_01]" });
  for (const args of [
    ["knowledge", "remove"],
    ["knowledge", "add"],
    ["knowledge", "search"],
    ["config", "get"],
  ]) {
    const { code, value } = await user.json(args, "bob@example.com");
    expect({ code, value }).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
    expect(JSON.stringify(value)).not.toContain("bob@");
  }
});

test("an empty path is refused: it does not mean the current folder", async () => {
  const user = new User(HANDBOOK);
  await user.run(["knowledge", "add", "."]);
  for (const args of [
    ["knowledge", "remove", ""],
    ["knowledge", "add", ""],
    ["ask", "Why?", "--path", ""],
  ])
    expect(await user.json(args)).toMatchObject({ code: 2, value: { error: { code: "USAGE" } } });
  expect((await user.json(["knowledge", "stats"])).value).toMatchObject({ documents: 3 });
});

test("a configuration that is no file is refused at once", async () => {
  const user = new User();
  mkdirSync(user.home);
  if (spawnSync("mkfifo", [join(user.home, "config.json")]).status !== 0) return;
  expect(await user.json(["config", "list"])).toMatchObject({ code: 2, value: { error: { code: "CONFIG_INVALID" } } });
});

test("the README's first answer is what the command gives", async () => {
  const root = join(import.meta.dirname, "../..");
  const readme = readFileSync(join(root, "README.md"), "utf8");
  const [, question = ""] = /npx synesis ask "([^"]+)" --path docs/.exec(readme) ?? [];
  const { value } = await new User().json(["ask", question, "--path", join(root, "docs")]);
  const { outcome, citations } = value as { outcome: string; citations: { quote: string }[] };
  expect(outcome).toBe("answered");
  for (const { quote } of citations) expect(readme.replace(/\s+/g, " ")).toContain(quote.replace(/\s+/g, " "));
});
