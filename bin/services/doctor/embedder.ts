import type { Config } from "../config.ts";
import { embedderOptions } from "../embedder.ts";
import { type Check, good } from "./check.ts";

/** Embeds a word with the chosen model. @throws SynesisError that says what is wrong with it. */
export async function checkEmbedder(home: string, config: Config): Promise<Check> {
  const { createEmbedder } = await import("../../../plugins/embeddings/index.ts");
  const embedder = await createEmbedder(embedderOptions(home, config));
  try {
    const { length } = await embedder.embed("word");
    return good("embedder", `${embedder.id}, ${length} dimensions`);
  } finally {
    await embedder.close?.();
  }
}
