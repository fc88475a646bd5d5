/**
 * A bundle becomes a data folder of its own, beside the user's: its sessions have tokens of their own, and nothing of the
 * user's is mixed with it or changed. It is made under another name and renamed when all of it is there and has been
 * checked, so that a crash at any point leaves the whole of it or nothing.
 */
import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pipeline } from "node:stream/promises";
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import { RunLog, type RunRecord } from "../../../pipeline/run-log.ts";
import { fingerprintOf, type OpenedBundle, openBundle } from "../../../plugins/handover/index.ts";
import { MIGRATIONS } from "../../../plugins/knowledge/schema.ts";
import { loadConfig } from "../config.ts";
import { runLogFile } from "../run-log-file.ts";
import { takeValues } from "./bundle-values.ts";
import { BUNDLE_SETTINGS } from "./export-bundle.ts";
import { scratchFolder } from "./scratch.ts";

export interface BundleChoice {
  readonly file: string;
  readonly passphrase: string;
  /** The folder that is made; a folder of the project's own inside the data folder when absent. */
  readonly to?: string | undefined;
  /** The fingerprint that the signer must have. */
  readonly from?: string | undefined;
  /** Whether values of the maker's token vault are taken; a bundle that differs in this is refused. */
  readonly values: boolean;
}

export interface ImportedBundle {
  readonly id: string;
  readonly project: string;
  readonly fingerprint: string;
  /** Set SYNESIS_HOME to it to work with the project. */
  readonly folder: string;
  readonly runs: number;
  /** Of the maker's token vault. */
  readonly values: number;
  readonly contents: readonly string[];
}

/** @throws SynesisError BUNDLE_*, OUTPUT_EXISTS; nothing is kept then */
export async function importBundle(
  home: string,
  { file, passphrase, to, from, values: wanted }: BundleChoice,
  signal: AbortSignal,
): Promise<ImportedBundle> {
  const bundle = await openBundle(file, passphrase, signal);
  try {
    const fingerprint = fingerprintOf(bundle.signer);
    if (from !== undefined && from !== fingerprint) throw new SynesisError("BUNDLE_SIGNER_WRONG", `(${fingerprint})`);
    const folder = to === undefined ? join(home, "projects", bundle.id) : resolve(to);
    refuseExisting(folder);
    const scratch = scratchFolder(dirname(folder));
    try {
      const contents = await unpack(bundle, scratch);
      const values = takeValues(home, scratch, contents, wanted);
      const checked = { values, project: await projectIn(scratch), runs: await runsIn(scratch) };
      checkConfig(scratch);
      checkKnowledge(scratch);
      signal.throwIfAborted();
      publish(scratch, folder);
      return { id: bundle.id, fingerprint, folder, ...checked, contents };
    } finally {
      rmSync(scratch, { recursive: true, force: true });
    }
  } finally {
    await bundle.close();
  }
}

const exists = (folder: string) =>
  new SynesisError("OUTPUT_EXISTS", `(${folder})`, { next: "The bundle may have been taken before; name another folder with --to." });

function refuseExisting(folder: string): void {
  if (existsSync(folder)) throw exists(folder);
}

function publish(scratch: string, folder: string): void {
  try {
    renameSync(scratch, folder);
  } catch (error) {
    if (existsSync(folder)) throw exists(folder);
    throw new SynesisError("HOME_UNUSABLE", `(${folder})`, { cause: error });
  }
}

async function unpack(bundle: OpenedBundle, folder: string): Promise<string[]> {
  const contents: string[] = [];
  for await (const { path, bytes } of bundle.entries()) {
    if (contents.includes(path)) throw invalid(`${path} is there twice`);
    contents.push(path);
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    await pipeline(bytes, createWriteStream(file, { flags: "wx", mode: 0o600, flush: true })).catch((error: unknown) => {
      if (error instanceof SynesisError) throw error;
      const full = (error as NodeJS.ErrnoException).code === "ENOSPC";
      throw new SynesisError(full ? "DISK_FULL" : "HOME_UNUSABLE", `(${folder})`, { cause: error });
    });
  }
  return contents;
}

const invalid = (why: string, cause?: unknown) => new SynesisError("BUNDLE_INVALID", `(${why})`, { cause });

const project = z.object({ name: z.string().check(z.maxLength(200)) });

async function projectIn(folder: string): Promise<string> {
  try {
    return project.parse(JSON.parse(readFileSync(join(folder, "project.json"), "utf8"))).name;
  } catch (error) {
    throw invalid("project.json cannot be read", error);
  }
}

const run = z.object({
  id: z.string(),
  at: z.int(),
  session: z.string(),
  question: z.string(),
  outcome: z.string(),
  score: z.number(),
  ms: z.number(),
  manifest: z.looseObject({
    request: z.looseObject({}),
    passages: z.array(z.unknown()),
    rounds: z.array(z.unknown()),
    trace: z.array(z.unknown()),
  }),
});

/** The decision log, as this version keeps it. */
async function runsIn(folder: string): Promise<number> {
  const lines = join(folder, "runs.jsonl");
  if (!existsSync(lines)) return 0;
  const log = new RunLog(runLogFile(folder));
  let runs = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(lines), crlfDelay: Number.POSITIVE_INFINITY })) {
      log.write(run.parse(JSON.parse(line)) as unknown as RunRecord);
      runs += 1;
    }
  } catch (error) {
    throw error instanceof SynesisError ? error : invalid("its decision log cannot be read", error);
  } finally {
    log.close();
  }
  rmSync(lines);
  return runs;
}

/** Whoever made the bundle decides how questions are decided, and nothing of what may leave the receiver's machine. */
function checkConfig(folder: string): void {
  try {
    loadConfig(folder);
  } catch (error) {
    throw invalid("its settings are not valid", error);
  }
  const file = join(folder, "config.json");
  if (!existsSync(file)) return;
  const foreign = Object.keys(JSON.parse(readFileSync(file, "utf8").replace(/^\uFEFF/, "")) as object).find(
    (key) => !BUNDLE_SETTINGS.some((name) => name === key),
  );
  if (foreign !== undefined) throw invalid(`it brings settings that no bundle may: ${foreign}`);
}

/** The knowledge vault is taken as it is, if it has this version's tables, no others, and is whole. */
function checkKnowledge(folder: string): void {
  const file = join(folder, "knowledge.db");
  if (!existsSync(file)) return;
  const tables = (path: string): string => {
    const database = new LocalDatabase(path, MIGRATIONS);
    try {
      return database.use((db) => {
        if (db.pragma("quick_check", { simple: true }) !== "ok") throw invalid("its knowledge is damaged");
        const rows = db.prepare("SELECT type, name, tbl_name, sql FROM sqlite_master").all();
        return JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted());
      });
    } finally {
      database.close();
    }
  };
  const fresh = join(folder, "fresh.db");
  try {
    if (tables(file) !== tables(fresh)) throw invalid("its knowledge has another form");
  } catch (error) {
    const known = error instanceof SynesisError ? error : undefined;
    if (known?.code === "BUNDLE_INVALID") throw known;
    throw known?.code === "DATABASE_NEWER" ? new SynesisError("BUNDLE_NEWER") : invalid("its knowledge cannot be read", error);
  } finally {
    for (const end of ["", "-wal", "-shm"]) rmSync(`${fresh}${end}`, { force: true });
  }
}
