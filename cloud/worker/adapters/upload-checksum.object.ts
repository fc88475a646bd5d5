import { DurableObject } from "cloudflare:workers";
import { hex } from "./hex.ts";
import { type Digest, RunningChecksum } from "./running-checksum.ts";

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

/** The running checksum of one upload, one object an upload. It keeps nothing: an object that was ended is not sure any more. */
export class UploadChecksum extends DurableObject {
  readonly #checksum = new RunningChecksum(streamed(), MOST_WAIT_MS);

  async add(number: number, bytes: Uint8Array): Promise<void> {
    await this.#checksum.add(number, bytes);
  }

  async digest(parts: number): Promise<string | null> {
    return (await this.#checksum.digest(parts)) ?? null;
  }
}
