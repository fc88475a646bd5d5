import * as Flags from "@oclif/core/flags";
import type { PrivacyFindings } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { count } from "../../services/count.ts";
import { displayPath } from "../../services/display-path.ts";
import type { SharedDocument } from "../../services/shared-knowledge.ts";
import { showFindings } from "../../services/show-findings.ts";
import { visible } from "../../services/visible.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface ListedDocument {
  readonly path: string;
  readonly title: string;
  readonly kind: string;
  readonly chunks: number;
  /** Bytes; 0 for a document that is not a file. */
  readonly size: number;
  readonly tags: readonly string[];
  /** Class, and how many values of each type; null when nobody has looked, as in what an older version indexed. */
  readonly privacy: PrivacyFindings | null;
}

export default class KnowledgeList extends BaseCommand {
  static override summary = "List the indexed documents, and which of them hold personal data.";
  static override description =
    "Personal data are shown as counts by type, never as values. They are found by patterns: e-mail addresses, numbers, keys and the like, but no names.";
  static override flags = {
    personal: Flags.boolean({ description: "Only documents that hold personal data or secrets." }),
    cloud: Flags.boolean({ exclusive: ["personal"], description: "Show what you share with the cloud." }),
    project: Flags.string({ dependsOn: ["cloud"], helpValue: "PROJECT", description: "What is shared with this project: its id or name." }),
  };

  async run(): Promise<ListedDocument[] | SharedDocument[]> {
    const { flags } = await this.parse(KnowledgeList);
    if (flags.cloud) return this.#shared(flags.project);
    return withWorkspace("vault", this.signal, async ({ kernel }) => {
      const documents = kernel
        .service("knowledgeVault")
        .list()
        .map(({ path, title, kind, chunks, size, tags = [], privacy = null }) => ({ path, title, kind, chunks, size, tags, privacy }))
        .filter(({ privacy }) => !flags.personal || (privacy !== null && privacy.class !== "public"));
      if (documents.length === 0)
        this.log(flags.personal ? "None is known to hold any." : "No document is indexed yet. Add some: synesis knowledge add PATH");
      for (const { path, chunks, kind, privacy } of documents)
        this.log(`${displayPath(path)}  ${kind}, ${count(chunks, "chunk")}${showFindings(privacy)}`);
      return documents;
    });
  }

  async #shared(project: string | undefined): Promise<SharedDocument[]> {
    const [{ cloud }, { listShared, sharedAt }] = await Promise.all([
      import("../../services/projects/projects.ts"),
      import("../../services/shared-knowledge.ts"),
    ]);
    const api = cloud();
    const { documents, usedChunks, quotaChunks } = await listShared(api, await sharedAt(api, project, this.signal), this.signal);
    for (const { name, chunks, state } of documents)
      this.log(visible(`${name}  ${count(chunks, "passage")}${state === "waiting" ? ", found shortly" : ""}`));
    this.log(`${usedChunks} of ${quotaChunks} passages are used.`);
    return documents;
  }
}
