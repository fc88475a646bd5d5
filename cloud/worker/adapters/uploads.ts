/**
 * Uploading an adapter: announced with its size and checksum, sent in parts of one size in any order and as often as one
 * likes, put together by R2, read back and compared. Until then nobody can use it; what does not hold is discarded.
 */
import type { Env } from "../env.ts";
import { CloudError, isOutage } from "../errors.ts";
import { type AdapterRow, keysOf, MAX_USER_BYTES, type NewAdapter, partLength, partsOf } from "./adapter.ts";
import { sendPart } from "./send-part.ts";
import {
  claim,
  deleteRow,
  expired,
  findById,
  findByName,
  findWithPart,
  forgetParts,
  insertUpload,
  keepPart,
  makeReady,
  unclaim,
} from "./table.ts";
import { verify } from "./verify.ts";

export type Stores = Pick<Env, "DATABASE" | "LORAS" | "UPLOAD_PARTS">;

/** Uploads that one run of the clean-up discards. */
const MOST_EXPIRED = 100;

/**
 * Begins an upload, or goes on with one of the same file under the same name. An adapter that is there with this checksum
 * is given as it is. With `force` another file takes the place of what is there, or is on its way, under the name.
 *
 * @throws CloudError conflict, quota_exceeded
 */
export async function begin(stores: Stores, userId: string, adapter: NewAdapter, force: boolean): Promise<AdapterRow> {
  const { ready, coming } = await findByName(stores.DATABASE, userId, adapter.name);
  if (ready?.sha256 === adapter.sha256 && ready.baseModel === adapter.baseModel) return ready;
  if (ready && !force) throw new CloudError("conflict", "Another adapter has this name.");
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
  const { coming } = await findByName(stores.DATABASE, userId, adapter.name);
  if (!coming || coming.sha256 !== adapter.sha256) throw new CloudError("conflict", "Another file is being uploaded under this name.");
  return coming;
}

/**
 * Keeps one part. A part that is there already is not written again: the checksum says in the end whether it was right.
 *
 * @throws CloudError not_found, conflict, invalid_request when it has another length than it must
 */
export async function putPart(stores: Stores, at: PartOf, { body, length, gzip }: PartBody): Promise<void> {
  const found = await findWithPart(stores.DATABASE, at);
  if (!found) throw new CloudError("not_found");
  const { row, there } = found;
  const { number } = at;
  const expected = partLength(row, number);
  if (expected === undefined) throw new CloudError("not_found", "There is no such part.");
  if (row.state !== "uploading" || row.uploadId === null) throw new CloudError("conflict");
  if (there) return drain(body);
  if (!gzip && length !== expected) throw new CloudError("invalid_request", FAULTS.length(expected));
  const place = { key: keysOf(row).file, uploadId: row.uploadId, number, length: expected, gzip };
  const outcome = await sendPart(stores.UPLOAD_PARTS, row.id, place, body).catch(async (error: unknown) => {
    const now = await findById(stores.DATABASE, row.userId, row.id);
    throw now?.state === "uploading" ? error : new CloudError("conflict"); // it was completed or discarded meanwhile
  });
  if ("fault" in outcome) throw new CloudError("invalid_request", FAULTS[outcome.fault](expected));
  const { etag } = outcome;
  await keepPart(stores.DATABASE, row.id, number, etag);
}

export type PartOf = Parameters<typeof findWithPart>[1];

export interface PartBody {
  readonly body: ReadableStream<Uint8Array>;
  /** Bytes that are sent. */
  readonly length: number;
  /** Whether they are packed; what is stored is not. */
  readonly gzip: boolean;
}

/** Whoever sends all of it before they look at the answer would wait for ever. */
async function drain(body: ReadableStream<Uint8Array>): Promise<void> {
  for await (const _ of body);
}

const FAULTS = {
  length: (expected: number) => `This part has ${expected} bytes.`,
  packing: () => "The part cannot be unpacked to its length.",
};

/**
 * Puts the parts together, reads the whole back, and makes it the adapter of its name. Asked again, it gives the same.
 *
 * @throws CloudError conflict when parts are missing or another is at it; checksum_wrong, adapter_invalid: then nothing is kept
 */
export async function complete(stores: Stores, row: AdapterRow): Promise<AdapterRow> {
  if (row.state === "ready") return row;
  const parts = partsOf(row);
  const { claimed, received } = await claim(stores.DATABASE, { id: row.id, parts }, Date.now());
  if (received.length < parts) throw new CloudError("conflict", `Parts are missing: ${parts - received.length}.`);
  if (!claimed) throw new CloudError("conflict", "It is being verified.");
  try {
    return await finish(stores, row, received);
  } catch (error) {
    // A store's fault is not the upload's: whoever asks again may go on at once.
    if (!(error instanceof CloudError)) await unclaim(stores.DATABASE, row.id).catch(() => {});
    throw error;
  }
}

async function finish(stores: Stores, row: AdapterRow, parts: readonly ReceivedPart[]): Promise<AdapterRow> {
  const keys = keysOf(row);
  // Whoever was at it before may have put the parts together.
  const whole = row.state === "verifying" && (await stores.LORAS.head(keys.file));
  if (!whole) await assemble(stores, row, parts);
  try {
    await verify(stores.LORAS, keys.file, row, await runningChecksum(stores, row));
  } catch (error) {
    if (error instanceof CloudError) await discard(stores, row);
    throw error;
  }
  if (row.config !== null) await stores.LORAS.put(keys.config, configFile(row.config, row.baseModel));
  const made = await makeReady(stores.DATABASE, row);
  if (!made) {
    await stores.LORAS.delete([keys.file, keys.config]);
    throw new CloudError("conflict", "It was deleted meanwhile.");
  }
  if (made.before) await stores.LORAS.delete(Object.values(keysOf(made.before)));
  return { ...row, state: "ready" };
}

/** What was computed while the parts passed, if all of them were seen. */
async function runningChecksum({ UPLOAD_PARTS }: Stores, row: AdapterRow): Promise<string | null> {
  return UPLOAD_PARTS.getByName(row.id)
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
