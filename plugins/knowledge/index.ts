/**
 * The knowledge vault: documents of this machine, found by words and by meaning.
 *
 * Retrieval looks with the question's own values, which the token vault gives back locally, and hands on passages in
 * which every value has become a token.
 */
import { join } from "node:path";
import { definePlugin, type Embedder, type Plugin, type Tap } from "../../kernel/index.ts";

export { createReader, type ReaderOptions } from "./reader.ts";

export interface KnowledgeOptions {
  /** The data folder; the vault is `knowledge.db` in it. */
  readonly home: string;
  /** Whether it keeps the documents itself; another plugin does when false, and this one searches in that. */
  readonly keeps?: boolean;
  /** Whether it finds passages for questions, which takes redaction. */
  readonly answers?: boolean;
}

export function knowledge({ home, keeps = true, answers = true }: KnowledgeOptions): Plugin {
  let close = () => {};
  return definePlugin({
    name: "knowledge",
    api: 1,
    text: "raw",
    provides: keeps ? ["knowledgeVault"] : [],
    requires: ["embedder", ...(answers ? (["tokenVault"] as const) : []), ...(keeps ? [] : (["knowledgeVault"] as const))],
    taps: answers ? ["retrieve"] : [],
    async setup(context) {
      const embedder = context.service("embedder");
      const own = keeps ? await openVault(home, embedder) : undefined;
      if (own) {
        close = () => own.close();
        context.provide("knowledgeVault", own);
      }
      if (!answers) return;
      const vault = own ?? context.service("knowledgeVault");
      const parts = { vault, embedder, tokenVault: context.service("tokenVault"), redact: context.redact };
      let search: Promise<Tap<"retrieve">> | undefined; // looked up at the first question: most commands ask none
      context.tap("retrieve", async (...args) => {
        search ??= import("./retrieval.ts").then(({ retrieval }) => retrieval(parts));
        return (await search)(...args);
      });
    },
    close: () => close(),
  });
}

async function openVault(home: string, { id, embedNow }: Embedder) {
  const { SqliteVault } = await import("./vault.ts");
  return new SqliteVault({ file: join(home, "knowledge.db"), model: id, ...(embedNow && { embedNow }) });
}
