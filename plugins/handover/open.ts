import { createDecipheriv, createPublicKey, verify } from "node:crypto";
import { type FileHandle, open, stat } from "node:fs/promises";
import { SynesisError } from "../../kernel/index.ts";
import {
  type BundleEntry,
  CHUNK,
  CIPHER,
  type Header,
  type KeyDerivation,
  keyOf,
  MAGIC,
  MAX_HEADER,
  newDigest,
  nonceOf,
  PREAMBLE,
  parseEntry,
  parseHeader,
  SIGNATURE,
  signedOf,
  TAG,
  VERSION,
} from "./format.ts";

export interface OpenedEntry extends BundleEntry {
  /** To be read whole before the next entry is asked for. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

export interface OpenedBundle {
  readonly id: string;
  readonly createdAt: number;
  /** The public key (DER, SPKI) whose signature was verified over the whole file. */
  readonly signer: Buffer;
  /** Nothing of it is certain before the last entry has been read. @throws SynesisError BUNDLE_INVALID, BUNDLE_PASSPHRASE_WRONG */
  entries(): AsyncGenerator<OpenedEntry>;
  close(): Promise<void>;
}

/**
 * Opens a bundle whose every byte its signer has signed.
 *
 * @param derive for tests of everything else, which would wait for it
 * @throws SynesisError INPUT_NOT_FOUND, BUNDLE_INVALID, BUNDLE_NEWER; the signal's reason
 */
export async function openBundle(file: string, passphrase: string, signal: AbortSignal, derive = keyOf): Promise<OpenedBundle> {
  const unreadable = (cause: unknown) => new SynesisError("INPUT_NOT_FOUND", `(${file})`, { cause });
  const found = await stat(file).catch((error: unknown) => {
    throw unreadable(error);
  });
  if (!found.isFile()) throw invalid("it is no file"); // opening a pipe waits for whoever writes into it
  const handle = await open(file, "r").catch((error: unknown) => {
    throw unreadable(error);
  });
  try {
    const { header, before, size } = await readHeader(handle);
    await checkSignature(handle, header, size, signal);
    return {
      id: header.id,
      createdAt: header.createdAt,
      signer: Buffer.from(header.signer, "base64"),
      entries: () => entriesOf(plainOf(handle, { header, before, size, passphrase, derive, signal })),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

const invalid = (why: string) => new SynesisError("BUNDLE_INVALID", `(${why})`);

async function readHeader(handle: FileHandle): Promise<{ header: Header; before: Buffer; size: number }> {
  const { size } = await handle.stat();
  const preamble = await readAt(handle, 0, Math.min(PREAMBLE, size));
  if (!preamble.subarray(0, MAGIC.length).equals(MAGIC)) throw invalid("it is no bundle");
  if (preamble.length < PREAMBLE) throw invalid("it is cut off");
  const version = preamble.readUInt16BE(MAGIC.length);
  if (version > VERSION) throw new SynesisError("BUNDLE_NEWER", `(Version ${version}.)`);
  const length = preamble.readUInt32BE(MAGIC.length + 2);
  if (version < 1 || length > MAX_HEADER) throw invalid("its header cannot be read");
  if (size < PREAMBLE + length + TAG + SIGNATURE) throw invalid("it is cut off");
  const before = await readAt(handle, 0, PREAMBLE + length);
  return { header: parseHeader(before.subarray(PREAMBLE).toString("utf8")), before, size };
}

async function checkSignature(handle: FileHandle, { signer }: Header, size: number, signal: AbortSignal): Promise<void> {
  const digest = newDigest();
  const end = size - SIGNATURE;
  for (let at = 0; at < end; at += CHUNK) {
    signal.throwIfAborted();
    digest.update(await readAt(handle, at, Math.min(CHUNK, end - at)));
  }
  if (!signedBy(signer, digest.digest(), await readAt(handle, end, SIGNATURE)))
    throw invalid("its signature is wrong: it was changed, or is cut off");
}

function signedBy(signer: string, digest: Buffer, signature: Buffer): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(signer, "base64"), type: "spki", format: "der" });
    return key.asymmetricKeyType === "ed25519" && verify(null, signedOf(digest), key, signature);
  } catch {
    return false;
  }
}

interface Sealed {
  readonly header: Header;
  readonly before: Buffer;
  readonly size: number;
  readonly passphrase: string;
  readonly derive: KeyDerivation;
  readonly signal: AbortSignal;
}

async function* plainOf(handle: FileHandle, { header, before, size, passphrase, derive, signal }: Sealed): AsyncGenerator<Buffer> {
  const key = await derive(passphrase, Buffer.from(header.salt, "base64"));
  const end = size - SIGNATURE;
  for (let at = before.length, number = 0; at < end; number++) {
    signal.throwIfAborted();
    const sealed = await readAt(handle, at, Math.min(CHUNK + TAG, end - at));
    at += sealed.length;
    if (sealed.length < TAG) throw invalid("it is cut off");
    const decipher = createDecipheriv(CIPHER, key, nonceOf(header, number, at === end))
      .setAAD(before)
      .setAuthTag(sealed.subarray(-TAG));
    try {
      yield Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
    } catch (error) {
      // The signature holds, so that the file is as it was made: what is wrong is the key.
      throw new SynesisError("BUNDLE_PASSPHRASE_WRONG", undefined, { cause: error });
    }
  }
}

const MAX_LINE = 1000;

async function* entriesOf(plain: AsyncGenerator<Buffer>): AsyncGenerator<OpenedEntry> {
  const reader = new ByteReader(plain);
  for (let entries = 0; ; entries++) {
    const next = parseEntry(await reader.line(MAX_LINE));
    if ("entries" in next) {
      if (next.entries !== entries || !(await reader.atEnd())) throw invalid("it does not hold what it says");
      return;
    }
    yield { ...next, bytes: reader.bytes(next.size) };
  }
}

class ByteReader {
  readonly #plain: AsyncGenerator<Buffer>;
  #rest = Buffer.alloc(0);

  constructor(plain: AsyncGenerator<Buffer>) {
    this.#plain = plain;
  }

  async line(most: number): Promise<string> {
    let text = "";
    for (;;) {
      const at = this.#rest.indexOf(10);
      text += this.#rest.subarray(0, at < 0 ? undefined : at).toString("utf8");
      this.#rest = at < 0 ? Buffer.alloc(0) : this.#rest.subarray(at + 1);
      if (text.length > most || (at < 0 && !(await this.#more()))) throw invalid("an entry cannot be read");
      if (at >= 0) return text;
    }
  }

  async *bytes(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.#rest.length === 0 && !(await this.#more())) throw invalid("it does not hold what it says");
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async atEnd(): Promise<boolean> {
    return this.#rest.length === 0 && !(await this.#more());
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#plain.next();
    if (!done) this.#rest = value as Buffer<ArrayBuffer>;
    return done !== true;
  }
}

async function readAt(handle: FileHandle, at: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await handle.read(bytes, read, length - read, at + read);
    if (bytesRead === 0) throw invalid("it is cut off");
    read += bytesRead;
  }
  return bytes;
}
