import Sqlite from "better-sqlite3";
import { transfer } from "comlink";
import { serve } from "../../pipeline/serve.ts";
import { buffersOfBlock, type StoredVector, type VectorBlock, VectorBlockBuilder } from "./vector-block.ts";
import { buffersOf, type IndexedChunk, MAX_ROWS, type Segment, SegmentBuilder } from "./word-index/segment.ts";

/** What crosses to the thread that reads words and vectors out of the vault. */
export interface MemoryApi extends Record<string, (...args: never[]) => unknown> {
  /** The words of the next chunks behind one; nothing when there are none. */
  words(file: string, after: number): Segment | undefined;
  /** The vectors of the next chunks behind one; nothing when there are none. */
  vectors(file: string, model: number, after: number): VectorBlock | undefined;
}

/** Rows between two looks at the stop flag. */
const PAGE = 256;

export default serve<MemoryApi>((stop) => ({
  words: (file, after) =>
    reading(file, (db) => {
      const builder = new SegmentBuilder();
      const chunks = db.prepare("SELECT id, document, heading, text FROM chunks WHERE id > ? ORDER BY id LIMIT ?");
      const titleOf = db.prepare("SELECT title FROM documents WHERE id = ?").pluck();
      let document = -1;
      let title = "";
      for (let last = after; builder.rows < MAX_ROWS; ) {
        stop.throwIfStopped();
        const page = chunks.all(last, Math.min(PAGE, MAX_ROWS - builder.rows)) as Omit<IndexedChunk, "title">[];
        if (page.length === 0) break;
        for (const chunk of page) {
          if (chunk.document !== document) title = titleOf.get(chunk.document) as string;
          document = chunk.document;
          builder.add({ ...chunk, title });
        }
        last = (page.at(-1) as { id: number }).id;
      }
      if (builder.rows === 0) return undefined;
      const segment = builder.build();
      return transfer(segment, buffersOf(segment));
    }),
  vectors: (file, model, after) =>
    reading(file, (db) => {
      const builder = new VectorBlockBuilder();
      const next = db.prepare(
        `SELECT chunk, (SELECT document FROM chunks WHERE id = chunk) AS document, vector
         FROM vectors WHERE chunk > ? AND model = ? ORDER BY chunk LIMIT ?`,
      );
      for (let last = after; builder.rows < MAX_ROWS; ) {
        stop.throwIfStopped();
        const page = next.all(last, model, Math.min(PAGE, MAX_ROWS - builder.rows)) as StoredVector[];
        if (page.length === 0) break;
        for (const row of page) builder.add(row);
        last = (page.at(-1) as StoredVector).chunk;
      }
      if (builder.rows === 0) return undefined;
      const block = builder.build();
      return transfer(block, buffersOfBlock(block));
    }),
}));

/** In one transaction, since what its pages hold belongs together: a document is not taken out between them. */
function reading<T>(file: string, work: (db: Sqlite.Database) => T): T {
  const db = new Sqlite(file, { readonly: true, fileMustExist: true });
  try {
    return db.transaction(work)(db);
  } finally {
    db.close();
  }
}
