/** Answers of a model that were given before, to the letter of the request. What is kept is Redacted, or the model's own. */
import { createHash } from "node:crypto";
import type { Generated, GenerateRequest, Generator } from "../../kernel/index.ts";
import { LocalDatabase } from "../database.ts";

const MIGRATIONS = ["CREATE TABLE answers (key TEXT PRIMARY KEY, at INTEGER NOT NULL, text TEXT NOT NULL, usage TEXT NOT NULL) STRICT;"];

/** Older answers go when there are more. */
const MOST_ANSWERS = 10_000;

export interface CachedGenerator extends Generator {
  close(): void;
}

/**
 * @param file a database that only the user can read; it is made at the first request
 * @param settings what else the answers depend on
 */
export function cachedGenerator(generator: Generator, file: string, settings = ""): CachedGenerator {
  let open: LocalDatabase | undefined;
  const database = () => (open ??= new LocalDatabase(file, MIGRATIONS));

  async function* generate(request: GenerateRequest): AsyncGenerator<Generated> {
    request.signal.throwIfAborted();
    const key = keyOf(generator.model + settings, request);
    const known = find(database(), key);
    if (known) {
      yield { type: "text", text: known.text };
      yield { ...known.usage, cached: true };
      return;
    }
    let text = "";
    for await (const piece of generator.generate(request)) {
      if (piece.type === "text") text += piece.text;
      else keep(database(), key, text, piece);
      yield piece;
    }
  }

  return { ...generator, generate, close: () => open?.close() };
}

type Usage = Extract<Generated, { type: "usage" }>;

/** Everything that the answer depends on. */
function keyOf(model: string, { messages, schema, lora, maxTokens }: GenerateRequest): string {
  return createHash("sha256")
    .update(JSON.stringify([model, messages, schema, lora, maxTokens]))
    .digest("hex");
}

function find(database: LocalDatabase, key: string): { text: string; usage: Usage } | undefined {
  const row = database.use((db) =>
    db.prepare<[string], { text: string; usage: string }>("SELECT text, usage FROM answers WHERE key = ?").get(key),
  );
  return row && { text: row.text, usage: JSON.parse(row.usage) as Usage };
}

function keep(database: LocalDatabase, key: string, text: string, { memory: _, ...usage }: Usage): void {
  database.use((db) => {
    db.prepare("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)").run(key, Date.now(), text, JSON.stringify(usage));
    db.prepare("DELETE FROM answers WHERE key IN (SELECT key FROM answers ORDER BY at DESC LIMIT -1 OFFSET ?)").run(MOST_ANSWERS);
  });
}
