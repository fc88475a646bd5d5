import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { GgufFault } from "./fault.ts";

const WINDOW = 256 * 1024;

/** Reads numbers and strings from the start of a file, a window at a time, and refuses to go past a limit. */
export class Cursor {
  readonly fileBytes: number;
  readonly #fd: number;
  readonly #limit: number;
  #window = Buffer.alloc(0);
  /** Where the window begins in the file. */
  #base = 0;
  #at = 0;

  /** @param limit bytes that may be read at most. */
  constructor(file: string, limit: number) {
    this.#fd = openSync(file, "r");
    this.fileBytes = fstatSync(this.#fd).size;
    this.#limit = Math.min(limit, this.fileBytes);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** Bytes from the start of the file. */
  get position(): number {
    return this.#base + this.#at;
  }

  u8 = () => this.#take(1).readUInt8();
  i8 = () => this.#take(1).readInt8();
  u16 = () => this.#take(2).readUInt16LE();
  i16 = () => this.#take(2).readInt16LE();
  u32 = () => this.#take(4).readUInt32LE();
  i32 = () => this.#take(4).readInt32LE();
  f32 = () => this.#take(4).readFloatLE();
  f64 = () => this.#take(8).readDoubleLE();
  i64 = () => Number(this.#take(8).readBigInt64LE());

  /** A number that counts or measures something: one that is not exact as a JavaScript number is no such thing. */
  u64 = () => {
    const value = this.#take(8).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new GgufFault("a number in it is too large");
    return Number(value);
  };

  /** @param maxBytes a longer one is refused. */
  string(maxBytes: number): string {
    const length = this.u64();
    if (length > maxBytes) throw new GgufFault("a text in it is too long");
    return this.#take(length).toString("utf8");
  }

  skip(bytes: number): void {
    if (this.position + bytes > this.#limit) throw this.#ended();
    if (this.#at + bytes <= this.#window.length) this.#at += bytes;
    else {
      this.#base = this.position + bytes;
      this.#window = Buffer.alloc(0);
      this.#at = 0;
    }
  }

  #take(bytes: number): Buffer {
    if (this.position + bytes > this.#limit) throw this.#ended();
    if (this.#at + bytes > this.#window.length) this.#fill(bytes);
    const piece = this.#window.subarray(this.#at, this.#at + bytes);
    this.#at += bytes;
    return piece;
  }

  #fill(bytes: number): void {
    this.#base = this.position;
    this.#at = 0;
    const size = Math.min(Math.max(bytes, WINDOW), this.#limit - this.#base);
    const window = Buffer.alloc(size);
    let have = 0;
    while (have < size) {
      const read = readSync(this.#fd, window, have, size - have, this.#base + have);
      if (read === 0) throw this.#ended(); // the file shrank meanwhile
      have += read;
    }
    this.#window = window;
  }

  #ended(): GgufFault {
    return new GgufFault(this.#limit < this.fileBytes ? "its description is too long" : "it ends in the middle of its description");
  }
}
