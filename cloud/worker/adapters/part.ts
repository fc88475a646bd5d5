/** One part of an upload, on its way into memory. */

/** Where a part goes, and what is known of it beforehand. */
export interface PartPlace {
  readonly key: string;
  readonly uploadId: string;
  readonly number: number;
  /** Bytes that it has when unpacked. */
  readonly length: number;
  /** Whether it comes packed; what is stored is not. */
  readonly gzip: boolean;
}

/**
 * The bytes of a part in one piece; undefined when there are more or less of them than there must be, or they cannot be
 * unpacked. As two streams, one to store and one for the checksum, they would cost far more of the processor.
 */
export async function readPart(
  body: ReadableStream<Uint8Array>,
  length: number,
  gzip: boolean,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = gzip ? await unpacked(body, length) : new Uint8Array(await new Response(body).arrayBuffer());
  return bytes?.length === length ? bytes : undefined;
}

async function unpacked(body: ReadableStream<Uint8Array>, length: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const bytes = new Uint8Array(length);
  let have = 0;
  try {
    const unpacking = new DecompressionStream("gzip") as unknown as ReadableWritablePair<Uint8Array, Uint8Array>;
    for await (const piece of body.pipeThrough(unpacking)) {
      bytes.set(piece, have); // throws beyond the end, which stops the rest
      have += piece.length;
    }
  } catch {
    return undefined;
  }
  return bytes.subarray(0, have);
}
