/**
 * The memory in which texts are looked through. All scanners share one: no scan is interrupted by another, and each
 * memory of WebAssembly reserves much address space.
 */
import { newMemory, reserve } from "../../../pipeline/wasm.ts";
import { JOINED } from "./anchors.ts";
import { classTables } from "./byte-classes.ts";
import { gateKernel } from "./gate-kernel.ts";
import { MAX_ENTRIES } from "./gates.ts";
import { narrowKernel, sieveKernel, startsKernel, walkKernel } from "./kernels.ts";
import { AHEAD, BATCH, BEFORE, FIND, LAYOUT, RUN_AHEAD, STRETCH, TRIES, TRY } from "./memory.ts";
import { IN_NUMBER, SEPARATORS } from "./runs.ts";
import { BEYOND_LATIN1, firstTables, secondTables, signsOf, singleTables } from "./signs.ts";
import type { Tables } from "./tables.ts";

/** Is told which patterns may begin where, in order of the places. */
export interface Sink {
  /** @param place of the anchor, or of the first digit, in the text. */
  tryAt(pattern: number, place: number): void;
}

/** Between one text and the next; and where the count begins anew. */
const APART = 1_000;
const MOST_SHIFT = 1 << 30;
const NEVER = -MOST_SHIFT;

const TWO_BYTES = /[\u0100-\uffff]/;

let shared: Workspace | undefined;

export function workspace(): Workspace {
  shared ??= new Workspace();
  return shared;
}

class Workspace {
  readonly #memory = newMemory();
  readonly #narrow = narrowKernel(this.#memory);
  readonly #starts = startsKernel(this.#memory);
  readonly #sieve = sieveKernel(this.#memory);
  readonly #walk = walkKernel(this.#memory);
  readonly #gate = gateKernel(this.#memory);
  #tables: Tables | undefined;
  #buffer = Buffer.alloc(0);
  #wide = this.#buffer;
  #bytes: Uint8Array = this.#buffer;
  #counts = new Int32Array(0);
  #tries = new Int32Array(0);
  #signs = new Int32Array(0);
  #beyond = 0;
  #data = 0;
  /** What to add to a place in the text for one that no text before had, so that words seen there are far away. */
  #shift = 0;

  /** Tells the sink what to try in a text; gives the signs of disguises that it has. */
  search(text: string, tables: Tables, sink: Sink): number {
    if (this.#tables !== tables || this.#shift > MOST_SHIFT) this.#install(tables);
    this.#signs.fill(0);
    this.#beyond = 0;
    for (let start = 0; start < text.length; start += STRETCH) this.#look(text, start, tables, sink);
    this.#shift += text.length + APART;
    return signsOf(this.#signs) | this.#beyond;
  }

  #look(text: string, start: number, tables: Tables, sink: Sink): void {
    this.#fill(text, start);
    const count = Math.ceil(Math.min(text.length - start, STRETCH) / 32);
    this.#starts(2 * count + RUN_AHEAD / 16);
    this.#sieve(count);
    const hits = this.#counts[0] as number;
    for (let from = 0; from < hits; from += BATCH) {
      this.#walk(Math.min(hits - from, BATCH), from, tables.bits);
      const finds = (this.#counts[1] as number) / (4 * FIND);
      const step = Math.floor(TRIES / tables.gates.most);
      for (let first = 0; first < finds; first += step) this.#tell(first, Math.min(finds - first, step), start, tables, sink);
    }
  }

  /** Tells the sink what to try at some of the finds of the walk. */
  #tell(first: number, count: number, start: number, { states }: Tables, sink: Sink): void {
    const base = start - BEFORE - LAYOUT.text;
    this.#gate(first, count, this.#shift + base, this.#data, states);
    const tries = this.#tries;
    for (let i = 0, size = (this.#counts[2] as number) * TRY; i < size; i += TRY)
      sink.tryAt(tries[i] as number, base + (tries[i + 1] as number));
  }

  /** Puts the tables where the kernels expect them. */
  #install(tables: Tables): void {
    this.#tables = undefined;
    this.#data = LAYOUT.next + tables.next.byteLength;
    reserve(this.#memory, this.#data + tables.gates.data.byteLength);
    const memory = this.#memory.buffer;
    new Uint8Array(memory).set(tables.anywhere, LAYOUT.anywhere);
    new Uint8Array(memory).set(tables.sieve.groups, LAYOUT.groups);
    new Uint8Array(memory).set(tables.symbols, LAYOUT.symbols);
    new Uint8Array(memory).set(tables.runs.behind, LAYOUT.behind);
    new Uint16Array(memory, LAYOUT.runs).set(tables.runs.table);
    new Int32Array(memory, LAYOUT.letters).set(tables.runs.letters);
    new Uint16Array(memory, LAYOUT.unlettered).set(tables.runs.unlettered);
    new Uint16Array(memory, LAYOUT.dated).set(tables.runs.dated);
    new Uint8Array(memory).set(IN_NUMBER, LAYOUT.inNumber);
    for (const [i, sign] of SEPARATORS.entries()) if (sign !== "") new Uint8Array(memory)[LAYOUT.separators + sign.charCodeAt(0)] = i;
    new Int32Array(memory, LAYOUT.sieve).set(tables.sieve.bits);
    new Uint16Array(memory, LAYOUT.next).set(tables.next);
    for (const [i, { low, high }] of [singleTables(), firstTables(), secondTables()].entries())
      new Uint8Array(memory).set([...low, ...high], LAYOUT.signTables + 32 * i);
    new Uint8Array(memory).set(classTables(), LAYOUT.classes);
    new Uint8Array(memory).set(JOINED, LAYOUT.joined);
    new Int32Array(memory, LAYOUT.records).set(tables.gates.records);
    new Int32Array(memory, LAYOUT.words).set(tables.gates.words);
    new Int32Array(memory, LAYOUT.lists).set(tables.gates.lists);
    new Uint8Array(memory).set(tables.gates.data, this.#data);
    new Int32Array(memory, LAYOUT.seen, MAX_ENTRIES).fill(NEVER);
    this.#shift = 0;
    // Views of before the memory grew are of no use any more.
    this.#buffer = Buffer.from(memory, LAYOUT.text, BEFORE + STRETCH + AHEAD);
    this.#wide = Buffer.from(memory, LAYOUT.wide, 2 * (BEFORE + STRETCH + AHEAD));
    this.#signs = new Int32Array(memory, LAYOUT.signs, 8);
    this.#bytes = new Uint8Array(memory, LAYOUT.text, BEFORE + STRETCH + AHEAD);
    this.#counts = new Int32Array(memory, LAYOUT.counts, 3);
    this.#tries = new Int32Array(memory, LAYOUT.tries, TRIES * TRY);
    this.#tables = tables;
  }

  /** Writes a stretch and what stands around it as one byte a character, and zeros beyond the text. */
  #fill(text: string, start: number): void {
    const from = Math.max(0, start - BEFORE);
    const to = Math.min(text.length, start + STRETCH + AHEAD);
    const at = BEFORE - (start - from);
    const piece = to - from === text.length ? text : text.slice(from, to);
    const bytes = this.#bytes;
    bytes.fill(0, 0, at);
    if (TWO_BYTES.test(piece)) {
      this.#beyond = BEYOND_LATIN1;
      this.#wide.write(piece, "utf16le");
      this.#narrow(Math.ceil(piece.length / 16), at);
    } else this.#buffer.write(piece, at, "latin1");
    bytes.fill(0, at + piece.length, at + piece.length + AHEAD);
  }
}
