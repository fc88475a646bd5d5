import type { Env } from "../env.ts";
import { type PartPlace, readPart } from "./part.ts";

/** What became of a part. */
export type PartOutcome = { readonly etag: string } | { readonly fault: "length" | "packing" };

/** Puts one part into the store, unpacked, and gives its bytes to `seen` meanwhile. @throws what the store throws */
export async function storePart(
  store: Env["LORAS"],
  { key, uploadId, number, length, gzip }: PartPlace,
  body: ReadableStream<Uint8Array>,
  seen: (bytes: Uint8Array) => Promise<void>,
): Promise<PartOutcome> {
  const bytes = await readPart(body, length, gzip);
  if (!bytes) return { fault: gzip ? "packing" : "length" };
  const [part] = await Promise.all([store.resumeMultipartUpload(key, uploadId).uploadPart(number, bytes), seen(bytes)]);
  return { etag: part.etag };
}
