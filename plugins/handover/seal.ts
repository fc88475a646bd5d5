import { createCipheriv, createPublicKey, type KeyObject, randomBytes, randomUUID, sign } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { SynesisError } from "../../kernel/index.ts";
import {
  type BundleEntry,
  CHUNK,
  CIPHER,
  type Header,
  type KeyDerivation,
  keyOf,
  MAGIC,
  newDigest,
  nonceOf,
  PREAMBLE,
  signedOf,
  VERSION,
} from "./format.ts";

export interface Sealing {
  readonly passphrase: string;
  readonly signer: KeyObject;
  readonly signal: AbortSignal;
  /** For tests of everything else, which would wait for it. */
  readonly derive?: KeyDerivation;
}

export interface BundleSource extends BundleEntry {
  /** Exactly `size` bytes. */
  readonly bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/**
 * Writes a bundle with what `sources` give to `file`, readable by its owner alone; whole, or not at all.
 *
 * @returns its id and the public key that it is signed with (DER, SPKI)
 * @throws SynesisError OUTPUT_EXISTS, HOME_UNUSABLE, DISK_FULL; the signal's reason
 */
export async function sealBundle(
  file: string,
  sources: AsyncIterable<BundleSource>,
  sealing: Sealing,
): Promise<{ readonly id: string; readonly signer: Buffer }> {
  const { signer, signal } = sealing;
  const draft = `${file}.${process.pid}.partial`;
  const publicKey = createPublicKey(signer).export({ type: "spki", format: "der" });
  const header: Header = {
    id: randomUUID(),
    createdAt: Date.now(),
    salt: randomBytes(16).toString("base64"),
    nonce: randomBytes(7).toString("base64"),
    signer: publicKey.toString("base64"),
  };
  try {
    const handle = await open(draft, "wx", 0o600);
    try {
      await write(handle, header, plainOf(sources), sealing);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    if (signal.aborted) throw signal.reason;
    if (error instanceof SynesisError || !(error instanceof Error && "code" in error)) throw error;
    throw new SynesisError(error.code === "ENOSPC" ? "DISK_FULL" : "HOME_UNUSABLE", `(${file})`, { cause: error });
  }
  return { id: header.id, signer: publicKey };
}

async function write(
  handle: FileHandle,
  header: Header,
  plain: AsyncIterable<Uint8Array>,
  { passphrase, signer, signal, derive = keyOf }: Sealing,
) {
  const digest = newDigest();
  const put = async (bytes: Uint8Array) => {
    signal.throwIfAborted();
    digest.update(bytes);
    await handle.appendFile(bytes);
  };
  const text = Buffer.from(JSON.stringify(header));
  const preamble = Buffer.alloc(PREAMBLE);
  MAGIC.copy(preamble);
  preamble.writeUInt16BE(VERSION, MAGIC.length);
  preamble.writeUInt32BE(text.length, MAGIC.length + 2);
  const before = Buffer.concat([preamble, text]);
  await put(before);
  const key = await derive(passphrase, Buffer.from(header.salt, "base64"));
  let number = 0;
  for await (const { bytes, last } of inChunks(plain)) {
    const cipher = createCipheriv(CIPHER, key, nonceOf(header, number++, last)).setAAD(before);
    await put(Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]));
  }
  await handle.appendFile(sign(null, signedOf(digest.digest()), signer));
}

async function* plainOf(sources: AsyncIterable<BundleSource>): AsyncGenerator<Uint8Array> {
  let entries = 0;
  for await (const { path, size, bytes } of sources) {
    yield Buffer.from(`${JSON.stringify({ path, size })}\n`);
    let given = 0;
    for await (const piece of bytes) {
      given += piece.length;
      yield piece;
    }
    if (given !== size) throw new Error(`${path} changed while it was read`);
    entries += 1;
  }
  yield Buffer.from(`${JSON.stringify({ entries })}\n`);
}

/** Pieces of any length as chunks, all full but the last. */
async function* inChunks(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<{ readonly bytes: Buffer; readonly last: boolean }> {
  let rest = Buffer.alloc(0);
  for await (const piece of pieces) {
    rest = Buffer.concat([rest, piece]);
    // A full chunk stays behind: it may be the last one.
    for (; rest.length > CHUNK; rest = rest.subarray(CHUNK)) yield { bytes: rest.subarray(0, CHUNK), last: false };
  }
  yield { bytes: rest, last: true };
}
