/** What goes into a bundle: the decision log, settings without secrets, and if wanted knowledge and adapters. */
import { createReadStream, createWriteStream, existsSync, globSync, rmSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { SynesisError } from "../../../kernel/index.ts";
import { LocalDatabase } from "../../../pipeline/database.ts";
import { RunLog } from "../../../pipeline/run-log.ts";
import { fingerprintOf, isBundlePath, parseReceiver, sealBundle, signingKey, VALUES } from "../../../plugins/handover/index.ts";
import { MIGRATIONS } from "../../../plugins/knowledge/schema.ts";
import { loadConfig } from "../config.ts";
import { runLogFile } from "../run-log-file.ts";
import { sealedValues } from "./bundle-values.ts";
import { scratchFolder } from "./scratch.ts";

export interface BundleWish {
  readonly file: string;
  readonly project: string;
  readonly knowledge: boolean;
  readonly adapters: boolean;
  /** The receiver's key, where values of the token vault go along. */
  readonly valuesFor?: string | undefined;
  readonly passphrase: string;
}

export interface WrittenBundle {
  readonly file: string;
  readonly id: string;
  readonly bytes: number;
  /** Of the key that it is signed with; the receiver compares it. */
  readonly fingerprint: string;
  readonly contents: readonly string[];
}

/** Settings that say how questions are decided. Addresses, keys, paths and what is private stay here. */
export const BUNDLE_SETTINGS = ["council", "retrieval", "index"] as const;

/** @throws SynesisError OUTPUT_EXISTS, and those of the files that are read */
export async function exportBundle(home: string, wish: BundleWish, signal: AbortSignal): Promise<WrittenBundle> {
  const file = resolve(wish.file);
  if (existsSync(file)) throw new SynesisError("OUTPUT_EXISTS", `(${file})`, { next: "Name another one, or move it away." });
  if (!existsSync(dirname(file))) throw new SynesisError("OUTPUT_UNUSABLE", `(${file})`);
  if (wish.valuesFor !== undefined) parseReceiver(wish.valuesFor);
  const config = loadConfig(home);
  const scratch = scratchFolder(home);
  const contents: string[] = [];
  try {
    const sources = (async function* () {
      const give = (path: string, bytes: Buffer) => ({ path, size: bytes.length, bytes: [bytes] });
      yield give("project.json", Buffer.from(JSON.stringify({ name: wish.project, createdAt: Date.now() })));
      yield give("config.json", Buffer.from(JSON.stringify(Object.fromEntries(BUNDLE_SETTINGS.map((name) => [name, config[name]])))));
      if (wish.valuesFor !== undefined) {
        contents.push(VALUES);
        yield give(VALUES, sealedValues(home, sessionsIn(home), wish.valuesFor));
      }
      for (const [path, from] of await filesOf(home, scratch, wish)) {
        contents.push(path);
        yield { path, size: statSync(from).size, bytes: createReadStream(from) };
      }
    })();
    const { id, signer } = await sealBundle(file, sources, { passphrase: wish.passphrase, signer: signingKey(home), signal });
    return { file, id, bytes: statSync(file).size, fingerprint: fingerprintOf(signer), contents };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function filesOf(home: string, scratch: string, { knowledge, adapters }: BundleWish): Promise<[path: string, from: string][]> {
  const files: [string, string][] = [];
  if (existsSync(runLogFile(home))) files.push(["runs.jsonl", await writeRuns(home, join(scratch, "runs.jsonl"))]);
  if (knowledge && existsSync(join(home, "knowledge.db")))
    files.push(["knowledge.db", copyKnowledge(join(home, "knowledge.db"), join(scratch, "knowledge.db"))]);
  if (adapters)
    for (const found of globSync("loras/{*,*/*}", { cwd: home })) {
      const path = found.replaceAll("\\", "/");
      if (isBundlePath(path) && statSync(join(home, found)).isFile()) files.push([path, join(home, found)]);
    }
  return files;
}

/** The sessions whose decided questions go along. */
function sessionsIn(home: string): string[] {
  if (!existsSync(runLogFile(home))) return [];
  const log = new RunLog(runLogFile(home));
  try {
    return [...new Set([...log.records()].map(({ session }) => session))];
  } finally {
    log.close();
  }
}

async function writeRuns(home: string, to: string): Promise<string> {
  const log = new RunLog(runLogFile(home));
  try {
    const lines = function* () {
      for (const run of log.records()) yield `${JSON.stringify(run)}\n`;
    };
    await pipeline(lines, createWriteStream(to, { mode: 0o600 }));
  } finally {
    log.close();
  }
  return to;
}

/** As it is at one moment, also while another process writes. */
function copyKnowledge(from: string, to: string): string {
  const database = new LocalDatabase(from, MIGRATIONS);
  try {
    database.use((db) => db.prepare("VACUUM INTO ?").run(to));
  } finally {
    database.close();
  }
  return to;
}
