/** What of the vault is shared with the cloud: public passages of indexed files, for an account or for a project. */
import { createHash, randomUUID } from "node:crypto";
import { basename } from "node:path";
import * as z from "zod/mini";
import { type Chunk, findTokens, type ReadDocument, type SkippedFile, SynesisError } from "../../kernel/index.ts";
import { NeverCloud } from "../../pipeline/never-cloud.ts";
import type { CloudApi } from "../../plugins/account/index.ts";
import type { EgressLog } from "../../plugins/privacy/egress/log.ts";
import { openReader } from "./knowledge.ts";
import { absolutePaths } from "./paths.ts";
import { findProject } from "./projects/projects.ts";
import { sessionName } from "./session.ts";
import { newCall, type Workspace } from "./workspace.ts";

const document = z.object({ id: z.string(), name: z.string(), chunks: z.int(), createdAt: z.int(), state: z.enum(["waiting", "ready"]) });
const documents = z.object({ documents: z.array(document), usedChunks: z.int(), quotaChunks: z.int() });

/** A document that the cloud keeps; one that waits is found a little later. */
export type SharedDocument = z.infer<typeof document>;

/** A document as it would leave. */
export interface Shareable {
  readonly path: string;
  readonly name: string;
  readonly chunks: readonly { readonly heading: string; readonly text: string }[];
  /** Passages that stay here. */
  readonly kept: number;
}

export interface Prepared {
  readonly documents: readonly Shareable[];
  readonly skipped: readonly SkippedFile[];
}

/** The cloud takes no more passages of one document, and no longer ones; characters. */
const MAX_CHUNKS = 1000;
const MAX_TEXT = 8000;
const MAX_HEADING = 500;
/** Bytes of one document, with room for the rest in the MiB that the cloud takes. */
const MAX_BYTES = 1_000_000;

/**
 * Reads the indexed files at or below `paths` again, as they are now, and keeps of each what nobody's values are in: passages
 * that were classed as public, and in which redaction finds nothing. So no token leaves, which only this machine could read.
 *
 * @throws SynesisError PATH_NOT_FOUND when nothing that is indexed lies there; REDACTION_FAILED, TEXT_BLOCKED
 */
export async function prepareSharing(workspace: Workspace, paths: readonly string[]): Promise<Prepared> {
  const { kernel, config, signal } = workspace;
  const indexed = kernel.service("knowledgeVault").list(absolutePaths(paths));
  if (indexed.length === 0)
    throw new SynesisError("PATH_NOT_FOUND", "No indexed document lies there.", { next: "Index it first: synesis knowledge add PATH" });
  const neverCloud = new NeverCloud(config.privacy.neverCloud);
  const withheld = indexed.filter(({ path }) => neverCloud.withholds(path));
  const skipped: SkippedFile[] = withheld.map(({ path }) => ({ path, reason: "your settings keep it from the cloud" }));
  const reader = await openReader(config);
  const shareable: Shareable[] = [];
  try {
    for (const stamp of indexed.filter((one) => !withheld.includes(one))) {
      const [read] = await reader.read([stamp], signal);
      if (!read || "reason" in read) skipped.push({ path: stamp.path, reason: read?.reason ?? "it cannot be read" });
      else {
        const made = await publicPart(workspace, read);
        const fault = faultOf(made);
        if (fault === undefined) shareable.push(made);
        else skipped.push({ path: stamp.path, reason: fault });
      }
    }
  } finally {
    await reader.close();
  }
  return { documents: shareable, skipped };
}

async function publicPart(workspace: Workspace, { path, chunks }: ReadDocument): Promise<Shareable> {
  const leaving: Shareable["chunks"][number][] = [];
  for (const { heading, text, privacy } of chunks) {
    const fits = text.trim() !== "" && text.length <= MAX_TEXT && heading.length <= MAX_HEADING;
    if (fits && isPublic(privacy) && (await isPlain(workspace, `${heading}\n${text}`))) leaving.push({ heading, text });
  }
  return { path, name: await nameOf(workspace, path), chunks: leaving, kept: chunks.length - leaving.length };
}

const isPublic = (privacy: Chunk["privacy"]): boolean => privacy?.class === "public";

/** Whether there is nothing to redact in a text, and nothing that would be taken for a token. */
async function isPlain({ kernel, signal }: Workspace, text: string): Promise<boolean> {
  const { entities } = await kernel.redact(text, sessionName(undefined), newCall(signal));
  return entities.length === 0 && findTokens(text).length === 0;
}

/** The file's name and a mark of its folder, which the cloud does not learn; without the name where that holds a value. */
async function nameOf(workspace: Workspace, path: string): Promise<string> {
  const mark = markOf(path);
  const name = basename(path).slice(0, 150);
  return (await isPlain(workspace, name)) ? `${name}${mark}` : `document${mark}`;
}

function markOf(path: string): string {
  return `~${createHash("sha256").update(path).digest("hex").slice(0, 8)}`;
}

function faultOf({ chunks }: Shareable): string | undefined {
  if (chunks.length === 0) return "nothing in it is public";
  if (chunks.length > MAX_CHUNKS) return `it has more than ${MAX_CHUNKS} passages`;
  return Buffer.byteLength(JSON.stringify(chunks)) > MAX_BYTES ? "it is too large for the cloud" : undefined;
}

/** Where an account's documents are in the cloud, or those of a project by its id or name. @throws SynesisError PROJECT_NOT_FOUND, CLOUD_* */
export async function sharedAt(api: CloudApi, project: string | undefined, signal: AbortSignal): Promise<string> {
  return project === undefined ? "/v1/knowledge" : `/v1/projects/${(await findProject(api, project, signal)).id}/knowledge`;
}

/** What is shared is in the record of what left before it leaves, to the byte. @throws SynesisError CLOUD_*, EGRESS_* */
export async function share(
  { api, egress }: { readonly api: CloudApi; readonly egress: Pick<EgressLog, "append"> },
  at: string,
  { name, chunks }: Pick<Shareable, "name" | "chunks">,
  signal: AbortSignal,
): Promise<SharedDocument> {
  const body = { name, chunks };
  egress.append(new URL(api.url).host, JSON.stringify(body));
  // the same document again changes nothing: so it is safe to repeat
  return api.post(at, { body, schema: document, signal, idempotencyKey: randomUUID() });
}

/** @throws SynesisError CLOUD_* */
export async function listShared(api: CloudApi, at: string, signal: AbortSignal): Promise<z.infer<typeof documents>> {
  return api.get(at, { schema: documents, signal });
}

/**
 * Takes a document back: by its name or id, or the file that it was made of.
 *
 * @throws SynesisError SHARED_NOT_FOUND, CLOUD_*
 */
export async function unshare(api: CloudApi, at: string, wanted: string, signal: AbortSignal): Promise<SharedDocument> {
  const { documents: all } = await listShared(api, at, signal);
  const mark = markOf(absolutePaths([wanted])[0] ?? "");
  const found = all.find(({ id, name }) => id === wanted || name === wanted) ?? all.find(({ name }) => name.endsWith(mark));
  if (!found) throw new SynesisError("SHARED_NOT_FOUND", `(${wanted.slice(0, 100)})`);
  await api.delete(`${at}/${found.id}`, { schema: z.object({ removed: z.literal(true) }), signal });
  return found;
}
