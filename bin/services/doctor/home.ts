/** Checks of the folder that holds everything: it can be written, its files can be read, the disk has room. */
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hardware } from "../../../plugins/hardware/index.ts";
import { loadConfig } from "../config.ts";
import { bad, type Check, good } from "./check.ts";

const GIB = 1024 ** 3;
const LITTLE = GIB;
/** Larger databases are opened, but not read through. */
const READ_THROUGH = 256 * 1024 * 1024;

export function checkHome(home: string): Check {
  const probe = join(home, `.doctor-${process.pid}`);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  try {
    writeFileSync(probe, "written", { mode: 0o600 });
    if (readFileSync(probe, "utf8") !== "written") throw new Error("what is written cannot be read back");
  } finally {
    rmSync(probe, { force: true });
  }
  return good("home", home);
}

export function checkSettings(home: string): Check {
  loadConfig(home);
  return good("settings", existsSync(join(home, "config.json")) ? "config.json is valid" : "all settings have their defaults");
}

export async function checkDatabase(home: string, name: string): Promise<Check> {
  const file = join(home, name);
  if (!existsSync(file)) return good(name, "not there yet");
  const { default: Sqlite } = await import("better-sqlite3");
  const db = new Sqlite(file, { readonly: true, timeout: 2_000 });
  try {
    const { size } = statSync(file);
    const result = size > READ_THROUGH ? db.pragma("schema_version", { simple: true }) : db.pragma("quick_check(1)", { simple: true });
    const ok = size > READ_THROUGH || result === "ok";
    return ok
      ? good(name, `${(size / 1e6).toFixed(1)} MB, readable`)
      : bad(name, "it is damaged", `Move ${file} away; the next command makes a new one.`);
  } finally {
    db.close();
  }
}

export function checkDisk({ disk }: Pick<Hardware, "disk">): Check {
  if (!disk) return good("disk", "unknown");
  const detail = `${(disk.free / GIB).toFixed(1)} GiB free${disk.kind ? `, ${disk.kind}` : ""}`;
  return disk.free < LITTLE ? bad("disk", detail, "Free some space, or point SYNESIS_HOME to a disk that has more.") : good("disk", detail);
}
