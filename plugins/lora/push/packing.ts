/** Whether packing pays: only where it makes a file smaller, and in less time than is then saved on the way. */
import type { FileHandle } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const gzipped = promisify(gzip);
const FAST = { level: 1 };

const SAMPLE_BYTES = 128 * 1024;
const SAMPLES = 3;
/** What does not shrink to this share is sent as it is. */
const WORTH = 0.9;

export class Packing {
  /** Share of its size that the sample had when packed, and the time that packing a byte took, in ms. */
  readonly #ratio: number;
  readonly #msPerByte: number;
  #linkMsPerByte: number | undefined;

  constructor(ratio: number, msPerByte: number) {
    this.#ratio = ratio;
    this.#msPerByte = msPerByte;
  }

  /** Packs pieces from the beginning, the middle and the end of a file. */
  static async sample(file: FileHandle, size: number): Promise<Packing> {
    let [before, after] = [0, 0];
    const begun = performance.now();
    for (let i = 0; i < SAMPLES; i++) {
      const at = Math.floor((Math.max(0, size - SAMPLE_BYTES) * i) / (SAMPLES - 1));
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(SAMPLE_BYTES, size)), { position: at });
      before += bytesRead;
      after += (await gzipped(buffer.subarray(0, bytesRead), FAST)).length;
    }
    return new Packing(before === 0 ? 1 : after / before, (performance.now() - begun) / Math.max(1, before));
  }

  /** Tells how long sending took, which is how fast the way is. */
  sent(bytes: number, ms: number): void {
    const now = ms / bytes;
    this.#linkMsPerByte = this.#linkMsPerByte === undefined ? now : 0.7 * this.#linkMsPerByte + 0.3 * now;
  }

  /** False also while nobody knows how fast the way is. */
  get pays(): boolean {
    if (this.#ratio > WORTH || this.#linkMsPerByte === undefined) return false;
    return this.#msPerByte < (1 - this.#ratio) * this.#linkMsPerByte;
  }

  /** The bytes as they are to be sent: packed where that pays and helps with these. */
  async pack(bytes: Uint8Array): Promise<{ readonly bytes: Uint8Array; readonly packed: boolean }> {
    if (!this.pays) return { bytes, packed: false };
    const smaller = await gzipped(bytes, FAST);
    return smaller.length < WORTH * bytes.length ? { bytes: smaller, packed: true } : { bytes, packed: false };
  }
}
