import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { hex } from "./hex.ts";
import type { PartPlace } from "./part.ts";
import { type Digest, RunningChecksum } from "./running-checksum.ts";
import { PLACE_HEADER } from "./send-part.ts";
import { storePart } from "./store-part.ts";

/** A part that comes early is held up this long; reading the file back costs more. */
const MOST_WAIT_MS = 10_000;

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

/**
 * Takes the parts of one upload, one object an upload: stores each, and computes the checksum of all as they pass. It keeps
 * nothing: an object that was ended is not sure of the checksum any more.
 */
export class UploadParts extends DurableObject<Env> {
  readonly #checksum = new RunningChecksum(streamed(), MOST_WAIT_MS);

  /** The bytes come by the request's body, which the Worker passes on without looking at it; over RPC they would be copied twice. */
  override async fetch(request: Request): Promise<Response> {
    const place = JSON.parse(request.headers.get(PLACE_HEADER) ?? "") as PartPlace;
    const body = request.body as ReadableStream<Uint8Array>;
    return Response.json(await storePart(this.env.LORAS, place, body, (bytes) => this.#checksum.add(place.number, bytes)));
  }

  /** The checksum of all parts, hexadecimal; null when it is not sure. */
  async digest(parts: number): Promise<string | null> {
    return (await this.#checksum.digest(parts)) ?? null;
  }
}
