/**
 * The vault's words in memory, for processes that answer many questions: SQLite's full text says neither cheaply how rare
 * a word is nor which chunks hold it. Made in a thread from what SQLite has; until it is ready, and whenever it is behind,
 * SQLite answers.
 */
import type { MemoryThread } from "../memory-thread.ts";
import type { Segment } from "./segment.ts";
import { WordSegments } from "./segments.ts";

/** Below this many chunks SQLite is as fast. */
const WORTH_AN_INDEX = 2_000;
/** Segments too many, since each was added by itself: all are made anew. */
const MAX_EXTRA = 16;
/** The share of chunks that may be gone before all is made anew. */
const MAX_GONE = 0.1;

export class WordIndex {
  readonly #file: string;
  readonly #thread: MemoryThread;
  #segments = new WordSegments([]);
  #making: Promise<void> | undefined;
  #searches = 0;
  #hasFailed = false;

  constructor(file: string, thread: MemoryThread) {
    this.#file = file;
    this.#thread = thread;
  }

  /**
   * The words of every chunk there is, and perhaps of some that are gone; undefined when SQLite has to be asked. Begins to
   * make them at the second search of a process.
   * @param stored how many chunks there are, and the highest id.
   */
  current(stored: number, newest: number): WordSegments | undefined {
    if (stored < WORTH_AN_INDEX) return undefined;
    const { size } = this.#segments;
    const isComplete = size > 0 && this.#segments.newest >= newest; // ids only rise
    const isWorn = size - stored > MAX_GONE * size;
    if ((!isComplete || isWorn) && this.#searches > 0) this.#make(isWorn);
    this.#searches++;
    return isComplete ? this.#segments : undefined;
  }

  /** Resolves when nothing is being made. */
  async settled(): Promise<void> {
    await this.#making;
  }

  #make(anew: boolean): void {
    if (this.#making || this.#hasFailed || this.#thread.isClosed) return;
    const kept = anew || this.#segments.segments.length > MAX_EXTRA + (2 * this.#segments.size) / 65_536 ? [] : this.#segments.segments;
    this.#making = this.#read(kept)
      .then(
        (segments) => {
          this.#segments = new WordSegments(segments);
        },
        () => {
          this.#hasFailed = true; // SQLite goes on answering; trying again would fail again
        },
      )
      .finally(() => {
        this.#making = undefined;
      });
  }

  #read(kept: readonly Segment[]): Promise<Segment[]> {
    return this.#thread.use(async (api) => {
      const segments = [...kept];
      for (;;) {
        const segment = (await api.words(this.#file, segments.at(-1)?.chunks.at(-1) ?? 0)) as Segment | undefined;
        if (segment === undefined) return segments;
        segments.push(segment);
      }
    });
  }
}
