import { inflateRawSync } from "node:zlib";

/** What an archive may unfold to, all entries that are read together: a small file can hold a very large one. */
const MAX_UNFOLDED = 200 * 1024 * 1024;

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;

interface Entry {
  readonly at: number;
  readonly packed: number;
  readonly unpacked: number;
  readonly method: number;
}

/** The files of a ZIP archive, by name; each is unfolded when it is read. */
export class ZipFile {
  readonly #bytes: Buffer;
  readonly #entries = new Map<string, Entry>();
  #left = MAX_UNFOLDED;

  /** @throws RangeError for what is no whole ZIP archive. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const end = this.#findEnd();
    let at = this.#bytes.readUInt32LE(end + 16);
    for (let count = this.#bytes.readUInt16LE(end + 10); count > 0; count--) at = this.#addEntry(at);
  }

  get names(): string[] {
    return [...this.#entries.keys()];
  }

  /** Undefined when there is no such file. */
  text(name: string): string | undefined {
    const entry = this.#entries.get(name);
    if (!entry) return undefined;
    this.#left -= entry.unpacked;
    if (this.#left < 0) throw new RangeError("the archive unfolds to too much");
    if (this.#bytes.readUInt32LE(entry.at) !== LOCAL) throw new RangeError("the archive is broken");
    const start = entry.at + 30 + this.#bytes.readUInt16LE(entry.at + 26) + this.#bytes.readUInt16LE(entry.at + 28);
    const packed = this.#bytes.subarray(start, start + entry.packed);
    if (entry.method === 0) return packed.toString("utf8");
    return inflateRawSync(packed, { maxOutputLength: entry.unpacked + 1 }).toString("utf8");
  }

  #findEnd(): number {
    const first = Math.max(0, this.#bytes.length - 22 - 0xffff);
    for (let at = this.#bytes.length - 22; at >= first; at--) if (this.#bytes.readUInt32LE(at) === END) return at;
    throw new RangeError("the archive has no directory");
  }

  #addEntry(at: number): number {
    const bytes = this.#bytes;
    if (bytes.readUInt32LE(at) !== ENTRY) throw new RangeError("the archive's directory is broken");
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    this.#entries.set(name, {
      method: bytes.readUInt16LE(at + 10),
      packed: bytes.readUInt32LE(at + 20),
      unpacked: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    });
    return at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}
