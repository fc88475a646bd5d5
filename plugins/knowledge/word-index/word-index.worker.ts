import Sqlite from "better-sqlite3";
import { transfer } from "comlink";
import { serve } from "../../../pipeline/serve.ts";
import { buffersOf, type IndexedChunk, MAX_ROWS, type Segment, SegmentBuilder } from "./segment.ts";

/** What crosses to a thread that reads words out of the vault. */
export interface WordIndexApi extends Record<string, (...args: never[]) => unknown> {
  /** The words of the next chunks behind one; nothing when there are none. */
  segment(file: string, after: number): Segment | undefined;
}

/** Rows between two looks at the stop flag. */
const PAGE = 256;

export default serve<WordIndexApi>((stop) => ({
  segment(file, after) {
    const db = new Sqlite(file, { readonly: true, fileMustExist: true });
    try {
      const builder = new SegmentBuilder();
      const chunks = db.prepare("SELECT id, document, heading, text FROM chunks WHERE id > ? ORDER BY id LIMIT ?");
      const titleOf = db.prepare("SELECT title FROM documents WHERE id = ?").pluck();
      // What the pages hold belongs together: a document is not taken out between them.
      db.transaction(() => {
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
      })();
      if (builder.rows === 0) return undefined;
      const segment = builder.build();
      return transfer(segment, buffersOf(segment));
    } finally {
      db.close();
    }
  },
}));
