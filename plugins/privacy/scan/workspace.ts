/**
 * The memory in which texts are looked through. All scanners share one: no scan is interrupted by another, and each
 * memory of WebAssembly reserves much address space.
 */
import { newMemory, reserve } from "../../../pipeline/wasm.ts";
import { beginsWord } from "./anchors.ts";
import { sieveKernel, startsKernel, walkKernel } from "./kernels.ts";
import { AHEAD, BATCH, BEFORE, FIND, LAYOUT, LONGEST_ANCHOR, STRETCH } from "./memory.ts";
import { IN_NUMBER, RUN, SEPARATORS } from "./runs.ts";
import type { Tables } from "./tables.ts";

/** A place in a stretch of text: what stands around it, one byte a character, and where that is in the text. */
export interface Window {
  readonly bytes: Uint8Array;
  /** Add it to an index into `bytes` to get an offset in the text. */
  base: number;
}

/** Is told where things stand, in order of their beginnings. `at` is an index into the window's bytes. */
export interface Sink {
  /** @param end one behind the last character of the anchor. */
  anchor(number: number, window: Window, at: number, end: number): void;
  /** @param list the number of a list of patterns, see `Runs`. */
  digits(list: number, window: Window, at: number, end: number): void;
}

/** What characters beyond Latin-1 become: a small letter that is in no anchor, or something between words. */
const SMALL_BEYOND = 0xff;
const LAST_LETTER = 0x590;
const TWO_BYTES = /[\u0100-\uffff]/;

let shared: Workspace | undefined;

export function workspace(): Workspace {
  shared ??= new Workspace();
  return shared;
}

class Workspace {
  readonly #memory = newMemory();
  readonly #starts = startsKernel(this.#memory);
  readonly #sieve = sieveKernel(this.#memory);
  readonly #walk = walkKernel(this.#memory);
  #tables: Tables | undefined;
  #buffer = Buffer.alloc(0);
  #window: Window = { bytes: this.#buffer, base: 0 };
  #counts = new Int32Array(0);
  #finds = new Int32Array(0);

  search(text: string, tables: Tables, sink: Sink): void {
    if (this.#tables !== tables) this.#install(tables);
    for (let start = 0; start < text.length; start += STRETCH) this.#look(text, start, tables, sink);
  }

  #look(text: string, start: number, tables: Tables, sink: Sink): void {
    this.#fill(text, start);
    const count = Math.ceil(Math.min(text.length - start, STRETCH) / 32);
    this.#starts(2 * count);
    this.#sieve(count);
    const hits = this.#counts[0] as number;
    for (let from = 0; from < hits; from += BATCH) {
      this.#walk(Math.min(hits - from, BATCH), from, tables.bits);
      tell(this.#finds, this.#counts[1] as number, tables, this.#window, sink);
    }
  }

  /** Puts the tables where the kernels expect them. */
  #install(tables: Tables): void {
    this.#tables = undefined;
    reserve(this.#memory, LAYOUT.next + tables.next.byteLength);
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
    // Views of before the memory grew are of no use any more.
    this.#buffer = Buffer.from(memory, LAYOUT.text, BEFORE + STRETCH + AHEAD);
    this.#window = { bytes: new Uint8Array(memory, LAYOUT.text, BEFORE + STRETCH + AHEAD), base: 0 };
    this.#counts = new Int32Array(memory, LAYOUT.counts, 2);
    this.#finds = new Int32Array(memory, LAYOUT.finds, BATCH * (LONGEST_ANCHOR + 1) * FIND);
    this.#tables = tables;
  }

  /** Writes a stretch and what stands around it as one byte a character, and zeros beyond the text. */
  #fill(text: string, start: number): void {
    const from = Math.max(0, start - BEFORE);
    const to = Math.min(text.length, start + STRETCH + AHEAD);
    const at = BEFORE - (start - from);
    const piece = to - from === text.length ? text : text.slice(from, to);
    const { bytes } = this.#window;
    bytes.fill(0, 0, at);
    if (TWO_BYTES.test(piece))
      for (let i = 0; i < piece.length; i++) {
        const code = piece.charCodeAt(i);
        bytes[at + i] = code < 256 ? code : code < LAST_LETTER ? SMALL_BEYOND : 0;
      }
    else this.#buffer.write(piece, at, "latin1");
    bytes.fill(0, at + piece.length, at + piece.length + AHEAD);
    this.#window.base = start - BEFORE;
  }
}

/** Tells the sink of the finds that the walk has written. */
function tell(finds: Int32Array, size: number, { endsAt, ended, atWord }: Tables, window: Window, sink: Sink): void {
  const { bytes } = window;
  for (let i = 0; i < size / 4; i += FIND) {
    const at = (finds[i] as number) - LAYOUT.text;
    const end = (finds[i + 1] as number) - LAYOUT.text;
    const state = finds[i + 2] as number;
    if (state >= RUN) {
      sink.digits(state - RUN, window, at, end);
      continue;
    }
    const begins = beginsWord(bytes[at - 1] as number, bytes[at] as number);
    for (let k = endsAt[state] as number; k < (endsAt[state + 1] as number); k++) {
      const anchor = ended[k] as number;
      if (begins || atWord[anchor] === 0) sink.anchor(anchor, window, at, end);
    }
  }
}
