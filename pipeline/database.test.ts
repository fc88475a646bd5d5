import { mkdtempSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { LocalDatabase } from "./database.ts";

const MIGRATIONS = ["CREATE TABLE notes (text TEXT)", "ALTER TABLE notes ADD COLUMN at INTEGER"];
const file = () => join(mkdtempSync(join(tmpdir(), "database-")), "deep", "notes.db");

test("a new file is migrated to the newest version and private to its user", () => {
  const db = new LocalDatabase(file(), MIGRATIONS);
  db.transaction((inner) => inner.prepare("INSERT INTO notes VALUES (?, ?)").run("a", 1));
  expect(statSync(db.file).mode & 0o777).toBe(0o600);
  expect(statSync(`${db.file}-wal`).mode & 0o777).toBe(0o600);
});

test("a file of an older version keeps what it holds", () => {
  const at = file();
  const old = new LocalDatabase(at, MIGRATIONS.slice(0, 1));
  old.use((db) => db.prepare("INSERT INTO notes VALUES ('kept')").run());
  old.close();
  expect(new LocalDatabase(at, MIGRATIONS).use((db) => db.prepare("SELECT * FROM notes").all())).toEqual([{ text: "kept", at: null }]);
});

test("a file of a newer version is refused and named", () => {
  const at = file();
  new LocalDatabase(at, MIGRATIONS).close();
  expect(() => new LocalDatabase(at, MIGRATIONS.slice(0, 1))).toThrow(
    expect.objectContaining({ code: "DATABASE_NEWER", message: expect.stringContaining(at) }),
  );
});

test("a damaged file is refused and named", () => {
  const at = file();
  new LocalDatabase(at, MIGRATIONS).close();
  writeFileSync(at, "this is not a database, but it is long enough to be looked at".repeat(20));
  expect(() => new LocalDatabase(at, MIGRATIONS)).toThrow(
    expect.objectContaining({ code: "DATABASE_CORRUPT", message: expect.stringContaining(at) }),
  );
});

test("a file that was cut off is refused when it is read", () => {
  const at = file();
  const db = new LocalDatabase(at, MIGRATIONS);
  db.transaction((inner) => {
    for (let i = 0; i < 2000; i++) inner.prepare("INSERT INTO notes VALUES (?, ?)").run("x".repeat(100), i);
  });
  db.close();
  truncateSync(at, statSync(at).size / 2);
  expect(() => new LocalDatabase(at, MIGRATIONS).use((inner) => inner.prepare("SELECT sum(length(text)) FROM notes").get())).toThrow(
    expect.objectContaining({ code: "DATABASE_CORRUPT" }),
  );
});

test("a home that is a file is a clear error", () => {
  const home = join(mkdtempSync(join(tmpdir(), "database-")), "home");
  writeFileSync(home, "");
  expect(() => new LocalDatabase(join(home, "notes.db"), MIGRATIONS)).toThrow(expect.objectContaining({ code: "HOME_UNUSABLE" }));
});
