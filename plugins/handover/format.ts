/**
 * A bundle, version 1:
 *
 *     "SYNESIS-HANDOVER\n" · version (2 bytes) · length of the header (4) · header (JSON) · chunks · signature (64)
 *
 * A chunk is up to 64 KiB of what is sealed, as AES-256-GCM with its tag. Its nonce is the header's prefix, the chunk's
 * number and whether it is the last one, so that chunks can be neither swapped nor left out; its further data are all bytes
 * before the first chunk. The key is the passphrase's by scrypt. The signature is Ed25519 over the SHA-512 of all before it.
 *
 * Sealed are entries, each a line of JSON `{"path","size"}` and `size` bytes, and at the end the line `{"entries":n}`.
 * Numbers are big endian. What version 1 leaves open (parameters of scrypt, ciphers) is fixed here and not in the header, so
 * that a bundle cannot ask for much work or for less security.
 */
import { createHash, scrypt } from "node:crypto";
import { promisify } from "node:util";
import * as z from "zod/mini";
import { SynesisError } from "../../kernel/index.ts";

export const MAGIC = Buffer.from("SYNESIS-HANDOVER\n");
export const VERSION = 1;
/** Of magic, version and length. */
export const PREAMBLE = MAGIC.length + 6;
export const MAX_HEADER = 4096;
export const CHUNK = 64 * 1024;
export const TAG = 16;
export const SIGNATURE = 64;
export const CIPHER = "aes-256-gcm";

const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/]{4,400}={0,2}$/));

const header = z.strictObject({
  id: z.uuid(),
  /** Ms since 1970. */
  createdAt: z.int(),
  salt: base64,
  /** 7 bytes of each nonce. */
  nonce: base64,
  /** Ed25519, DER (SPKI): whose signature ends the file. */
  signer: base64,
});
export type Header = z.infer<typeof header>;

/** One thing in a bundle. */
export interface BundleEntry {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

const entry = z.strictObject({ path: z.string().check(z.refine(isBundlePath)), size: z.int().check(z.gte(0)) });
const end = z.strictObject({ entries: z.int() });

/** Values of the token vault, sealed once more; see values.ts. */
export const VALUES = "values.sealed";
const TOP = new Set(["project.json", "config.json", "runs.jsonl", "knowledge.db", VALUES]);
/** A file of weights, or the settings beside one; in a folder of its own or not. */
const ADAPTER = /^loras\/(?:[A-Za-z0-9][\w.-]{0,99}\/)?(?:[A-Za-z0-9][\w.-]{0,99}\.(?:gguf|safetensors)|adapter_config\.json)$/;

/** What may be in a bundle; nothing else is written anywhere. */
export function isBundlePath(path: string): boolean {
  return TOP.has(path) || ADAPTER.test(path);
}

/** @throws SynesisError BUNDLE_INVALID */
export function parseHeader(text: string): Header {
  return parsed(header, text, "its header");
}

/** An entry, or the number of all of them at the end. @throws SynesisError BUNDLE_INVALID */
export function parseEntry(line: string): BundleEntry | { readonly entries: number } {
  return parsed(z.union([entry, end]), line, "an entry");
}

function parsed<T>(schema: z.ZodMiniType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    throw new SynesisError("BUNDLE_INVALID", `(${what} cannot be read)`, { cause: error });
  }
}

const N = 2 ** 17;

/** How a passphrase becomes a key. */
export type KeyDerivation = (passphrase: string, salt: Buffer) => Promise<Buffer>;

/** The key that a passphrase gives; takes about half a second and 128 MiB on purpose. */
export async function keyOf(passphrase: string, salt: Buffer): Promise<Buffer> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt as never);
  return derive(passphrase.normalize("NFC"), salt, 32, { N, r: 8, p: 1, maxmem: 256 * N * 8 });
}

export function nonceOf({ nonce }: Header, chunk: number, last: boolean): Buffer {
  const whole = Buffer.alloc(12);
  Buffer.from(nonce, "base64").copy(whole, 0, 0, 7);
  whole.writeUInt32BE(chunk, 7);
  whole.writeUInt8(last ? 1 : 0, 11);
  return whole;
}

/** What is signed: a name of the purpose, and the digest of all bytes before the signature. */
export const signedOf = (digest: Buffer): Buffer => Buffer.concat([Buffer.from("synesis handover 1\0"), digest]);

export const newDigest = () => createHash("sha512");
