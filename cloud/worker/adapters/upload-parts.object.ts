import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { hex } from "./hex.ts";
import { type PartPlace, readPart } from "./part.ts";
import { type Digest, RunningChecksum } from "./running-checksum.ts";

/** A part that comes early is held up this long; reading the file back costs more. */
const MOST_WAIT_MS = 10_000;
const PLACE_HEADER = "x-part";

function streamed(): Digest {
  const stream = new crypto.DigestStream("SHA-256");
  const writer = stream.getWriter();
  return {
    take: (bytes) => writer.write(bytes),
    async end() {
      await writer.close();
      return hex(await stream.digest);
    },
  };
}

/** What became of a part. */
export type PartOutcome = { readonly etag: string } | { readonly fault: "length" | "packing" };

/**
 * Takes the parts of one upload, one object an upload: stores each, and computes the checksum of all as they pass. It keeps
 * nothing: an object that was ended is not sure of the checksum any more.
 */
export class UploadParts extends DurableObject<Env> {
  readonly #checksum = new RunningChecksum(streamed(), MOST_WAIT_MS);

  /** The bytes come by the request's body, which the Worker passes on without looking at it; over RPC they would be copied twice. */
  override async fetch(request: Request): Promise<Response> {
    const place = JSON.parse(request.headers.get(PLACE_HEADER) ?? "") as PartPlace;
    return Response.json(await this.#take(place, request.body as ReadableStream<Uint8Array>));
  }

  /** The checksum of all parts, hexadecimal; null when it is not sure. */
  async digest(parts: number): Promise<string | null> {
    return (await this.#checksum.digest(parts)) ?? null;
  }

  async #take({ key, uploadId, number, length, gzip }: PartPlace, body: ReadableStream<Uint8Array>): Promise<PartOutcome> {
    const bytes = await readPart(body, length, gzip);
    if (!bytes) return { fault: gzip ? "packing" : "length" };
    const [part] = await Promise.all([
      this.env.LORAS.resumeMultipartUpload(key, uploadId).uploadPart(number, bytes),
      this.#checksum.add(number, bytes),
    ]);
    return { etag: part.etag };
  }
}

/** Gives one part to the object of its upload. @throws what the store throws */
export async function sendPart(
  objects: Env["UPLOAD_PARTS"],
  id: string,
  place: PartPlace,
  body: ReadableStream<Uint8Array>,
): Promise<PartOutcome> {
  const answer = await objects
    .getByName(id)
    .fetch("https://upload/", { method: "PUT", body, headers: { [PLACE_HEADER]: JSON.stringify(place) } });
  return answer.json();
}
