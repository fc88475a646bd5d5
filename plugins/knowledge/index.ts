/**
 * The knowledge vault: documents of this machine, found by words and by meaning.
 *
 * Retrieval looks with the question's own values, which the token vault gives back locally, and hands on passages in
 * which every value has become a token.
 */
import { join } from "node:path";
import { definePlugin, type Plugin } from "../../kernel/index.ts";

export { createReader, type ReaderOptions } from "./reader.ts";

export interface KnowledgeOptions {
  /** The data folder; the vault is `knowledge.db` in it. */
  readonly home: string;
}

export function knowledge({ home }: KnowledgeOptions): Plugin {
  let close = () => {};
  return definePlugin({
    name: "knowledge",
    api: 1,
    text: "raw",
    provides: ["knowledgeVault"],
    requires: ["embedder", "tokenVault"],
    taps: ["retrieve"],
    async setup(context) {
      const [{ SqliteVault }, { retrieval }] = await Promise.all([import("./vault.ts"), import("./retrieval.ts")]);
      const embedder = context.service("embedder");
      const vault = new SqliteVault({
        file: join(home, "knowledge.db"),
        model: embedder.id,
        ...(embedder.embedNow && { embedNow: embedder.embedNow }),
      });
      close = () => vault.close();
      context.provide("knowledgeVault", vault);
      context.tap("retrieve", retrieval({ vault, embedder, tokenVault: context.service("tokenVault"), redact: context.redact }));
    },
    close: () => close(),
  });
}
