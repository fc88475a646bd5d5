import { BaseCommand } from "../../base-command.ts";
import { displayPath } from "../../services/display-path.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface ListedDocument {
  readonly path: string;
  readonly title: string;
  readonly kind: string;
  readonly chunks: number;
  /** Bytes; 0 for a document that is not a file. */
  readonly size: number;
}

export default class KnowledgeList extends BaseCommand {
  static override summary = "List the indexed documents.";

  async run(): Promise<ListedDocument[]> {
    await this.parse(KnowledgeList);
    return withWorkspace("knowledge", this.signal, async ({ kernel }) => {
      const documents = kernel
        .service("knowledgeVault")
        .list()
        .map(({ path, title, kind, chunks, size }) => ({ path, title, kind, chunks, size }));
      if (documents.length === 0) this.log("No document is indexed yet. Add some: synesis knowledge add PATH");
      for (const { path, chunks, kind } of documents) this.log(`${displayPath(path)}  ${kind}, ${chunks} chunks`);
      return documents;
    });
  }
}
