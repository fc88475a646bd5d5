/**
 * Uploading an adapter: announced with its size and checksum, sent in parts of one size in any order and as often as one
 * likes, put together by R2, read back and compared. Until then nobody can use it; what does not hold is discarded.
 */
import type { Env } from "../env.ts";
import { CloudError, isOutage } from "../errors.ts";
import { type AdapterRow, keysOf, MAX_USER_BYTES, type NewAdapter, partLength, partsOf } from "./adapter.ts";
import {
  claim,
  deleteRow,
  expired,
  findById,
  findByName,
  forgetParts,
  hasPart,
  insertUpload,
  keepPart,
  makeReady,
  receivedParts,
  unclaim,
} from "./table.ts";
import { verify } from "./verify.ts";

export type Stores = Pick<Env, "DATABASE" | "LORAS" | "UPLOAD_CHECKSUM">;

/** Uploads that one run of the clean-up discards. */
const MOST_EXPIRED = 100;

/**
 * Begins an upload, or goes on with one of the same file under the same name. An adapter that is there with this checksum
 * is given as it is. With `force` another file takes the place of what is there, or is on its way, under the name.
 *
 * @throws CloudError conflict, quota_exceeded
 */
export async function begin(stores: Stores, userId: string, adapter: NewAdapter, force: boolean): Promise<AdapterRow> {
  const ready = await findByName(stores.DATABASE, userId, adapter.name, true);
  if (ready?.sha256 === adapter.sha256 && ready.baseModel === adapter.baseModel) return ready;
  if (ready && !force) throw new CloudError("conflict", "Another adapter has this name.");
  const coming = await findByName(stores.DATABASE, userId, adapter.name, false);
  if (coming?.sha256 === adapter.sha256 && coming.baseModel === adapter.baseModel) return coming;
  if (coming && !force) throw new CloudError("conflict", "Another file is being uploaded under this name.");
  if (coming) await discard(stores, coming);
  return start(stores, userId, adapter);
}

async function start(stores: Stores, userId: string, adapter: NewAdapter): Promise<AdapterRow> {
  const id = crypto.randomUUID();
  const { file } = keysOf({ userId, id, kind: adapter.kind });
  const upload = await stores.LORAS.createMultipartUpload(file, { httpMetadata: { contentType: "application/octet-stream" } });
  const row = { id, userId, uploadId: upload.uploadId };
  const outcome = await insertUpload(stores.DATABASE, row, adapter, Date.now()).catch(async (error: unknown) => {
    await upload.abort().catch(() => {}); // what no row names, R2 discards by itself in a week
    throw error;
  });
  if (outcome !== "inserted") await upload.abort();
  if (outcome === "quota") throw new CloudError("quota_exceeded", `All adapters together may have ${MAX_USER_BYTES} bytes.`);
  // Two began at the same moment: the one that came first counts for both, if it is the same file.
  const coming = await findByName(stores.DATABASE, userId, adapter.name, false);
  if (!coming || coming.sha256 !== adapter.sha256) throw new CloudError("conflict", "Another file is being uploaded under this name.");
  return coming;
}

/**
 * Keeps one part. A part that is there already is not written again: the checksum says in the end whether it was right.
 *
 * @throws CloudError not_found, conflict, invalid_request when it has another length than it must
 */
export async function putPart(stores: Stores, row: AdapterRow, number: number, { body, length, gzip }: PartBody): Promise<void> {
  const expected = partLength(row, number);
  if (expected === undefined) throw new CloudError("not_found", "There is no such part.");
  if (row.state !== "uploading" || row.uploadId === null) throw new CloudError("conflict");
  if (await hasPart(stores.DATABASE, row.id, number)) return void (await body.cancel());
  if (!gzip && length !== expected) throw new CloudError("invalid_request", `This part has ${expected} bytes.`);
  const upload = stores.LORAS.resumeMultipartUpload(keysOf(row).file, row.uploadId);
  const bytes = await (gzip ? unpacked(body, expected) : wholeOf(body, expected));
  const [kept] = await Promise.allSettled([
    upload.uploadPart(number, bytes),
    stores.UPLOAD_CHECKSUM.getByName(row.id).add(number, bytes), // where it fails, the file is read back
  ]);
  if (kept.status === "rejected") {
    const now = await findById(stores.DATABASE, row.userId, row.id);
    throw now?.state === "uploading" ? kept.reason : new CloudError("conflict"); // it was completed or discarded meanwhile
  }
  const { etag } = kept.value;
  await keepPart(stores.DATABASE, row.id, number, etag);
}

export interface PartBody {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes that are sent. */
  readonly length: number;
  /** Whether they are packed; what is stored is not. */
  readonly gzip: boolean;
}

/** In one piece: two streams of it, one to store and one for the checksum, cost far more of the processor. @throws CloudError invalid_request */
async function wholeOf(body: ReadableStream<Uint8Array>, expected: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await new Response(body).arrayBuffer());
  if (bytes.length !== expected) throw new CloudError("invalid_request", `This part has ${expected} bytes.`);
  return bytes;
}

/** @throws CloudError invalid_request when it unpacks to more or less than it must, or not at all */
async function unpacked(body: ReadableStream<Uint8Array>, expected: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(expected);
  const fault = new CloudError("invalid_request", "The part cannot be unpacked to its length.");
  let have = 0;
  try {
    const unpacking = new DecompressionStream("gzip") as unknown as ReadableWritablePair<Uint8Array, Uint8Array>;
    for await (const piece of body.pipeThrough(unpacking)) {
      bytes.set(piece, have); // throws beyond the end, which stops the rest
      have += piece.length;
    }
  } catch {
    throw fault;
  }
  if (have !== expected) throw fault;
  return bytes;
}

/**
 * Puts the parts together, reads the whole back, and makes it the adapter of its name. Asked again, it gives the same.
 *
 * @throws CloudError conflict when parts are missing or another is at it; checksum_wrong, adapter_invalid: then nothing is kept
 */
export async function complete(stores: Stores, row: AdapterRow): Promise<AdapterRow> {
  if (row.state === "ready") return row;
  const parts = await receivedParts(stores.DATABASE, row.id);
  const missing = partsOf(row) - parts.length;
  if (missing > 0) throw new CloudError("conflict", `Parts are missing: ${missing}.`);
  if (!(await claim(stores.DATABASE, row.id, Date.now()))) throw new CloudError("conflict", "It is being verified.");
  try {
    return await finish(stores, row, parts);
  } catch (error) {
    // A store's fault is not the upload's: whoever asks again may go on at once.
    if (!(error instanceof CloudError)) await unclaim(stores.DATABASE, row.id).catch(() => {});
    throw error;
  }
}

async function finish(stores: Stores, row: AdapterRow, parts: readonly ReceivedPart[]): Promise<AdapterRow> {
  const keys = keysOf(row);
  if (!(await stores.LORAS.head(keys.file))) await assemble(stores, row, parts);
  try {
    await verify(stores.LORAS, keys.file, row, await runningChecksum(stores, row));
  } catch (error) {
    if (error instanceof CloudError) await discard(stores, row);
    throw error;
  }
  if (row.config !== null) await stores.LORAS.put(keys.config, configFile(row.config, row.baseModel));
  const before = await findByName(stores.DATABASE, row.userId, row.name, true);
  if (!(await makeReady(stores.DATABASE, row))) {
    await stores.LORAS.delete([keys.file, keys.config]);
    throw new CloudError("conflict", "It was deleted meanwhile.");
  }
  if (before) await stores.LORAS.delete(Object.values(keysOf(before)));
  return { ...row, state: "ready" };
}

/** What was computed while the parts passed, if all of them were seen. */
async function runningChecksum({ UPLOAD_CHECKSUM }: Stores, row: AdapterRow): Promise<string | null> {
  return UPLOAD_CHECKSUM.getByName(row.id)
    .digest(partsOf(row))
    .catch(() => null);
}

interface ReceivedPart {
  readonly number: number;
  readonly etag: string;
}

/** Two that sent the same part at the same time may have left the etag of one and the bytes of the other. */
async function assemble(stores: Stores, row: AdapterRow, parts: readonly ReceivedPart[]): Promise<void> {
  const upload = stores.LORAS.resumeMultipartUpload(keysOf(row).file, row.uploadId ?? "");
  try {
    await upload.complete(parts.map(({ number, etag }) => ({ partNumber: number, etag })));
  } catch (error) {
    if (isOutage(error)) throw error;
    await forgetParts(stores.DATABASE, row.id);
    throw new CloudError("conflict", "Parts did not fit together; send them again.");
  }
}

/** In the form in which servers of models read it. */
function configFile(config: string, baseModel: string): string {
  return `${JSON.stringify({ peft_type: "LORA", base_model_name_or_path: baseModel, ...JSON.parse(config) }, null, 2)}\n`;
}

/** Takes an adapter, or an upload, away: its bytes first, so that none is left without a row that names it. */
export async function discard({ DATABASE, LORAS }: Stores, row: AdapterRow): Promise<void> {
  const { file, config } = keysOf(row);
  if (row.uploadId !== null)
    await LORAS.resumeMultipartUpload(file, row.uploadId)
      .abort()
      .catch(() => {}); // put together, or gone
  await LORAS.delete([file, config]);
  await deleteRow(DATABASE, row.id);
}

/** Discards the uploads whose time is over. */
export async function discardExpired(stores: Stores, now: number): Promise<number> {
  const rows = await expired(stores.DATABASE, now, MOST_EXPIRED);
  for (const row of rows) await discard(stores, row);
  return rows.length;
}

/** @throws CloudError not_found also when it is another user's */
export async function mustFind({ DATABASE }: Stores, userId: string, id: string): Promise<AdapterRow> {
  const row = await findById(DATABASE, userId, id);
  if (!row) throw new CloudError("not_found");
  return row;
}
