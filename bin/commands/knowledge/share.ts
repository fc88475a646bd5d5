import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { confirm } from "../../services/confirm.ts";
import { count } from "../../services/count.ts";
import { displayPath } from "../../services/display-path.ts";
import { openEgressLog } from "../../services/egress.ts";
import { cloud } from "../../services/projects/projects.ts";
import { type Prepared, prepareSharing, type SharedDocument, share, sharedAt } from "../../services/shared-knowledge.ts";
import { withWorkspace } from "../../services/workspace.ts";

interface ShareReport {
  readonly shared: readonly (SharedDocument & { readonly path: string; readonly kept: number })[];
  readonly skipped: Prepared["skipped"];
}

export default class KnowledgeShare extends BaseCommand {
  static override summary = "Share indexed files with the cloud: the public passages in them, and nothing else.";
  static override description =
    "Passages that hold personal data, secrets or anything else that redaction finds stay here, as do files that `privacy.neverCloud` names. You are asked before anything leaves. The cloud keeps what you share until you take it back.";
  static override examples = [
    "<%= config.bin %> knowledge share docs/manual.md",
    '<%= config.bin %> knowledge share docs --project "Harbour study" --yes',
  ];
  static override strict = false;
  static override args = {
    path: Args.string({ ignoreStdin: true, required: true, description: "An indexed file or folder. Several may be given." }),
  };
  static override flags = {
    project: Flags.string({ helpValue: "PROJECT", description: "Share with everybody in this project: its id or name." }),
    yes: Flags.boolean({ description: "Share without being asked." }),
  };

  async run(): Promise<ShareReport> {
    const { argv, flags } = await this.parse(KnowledgeShare);
    const api = cloud();
    const at = await sharedAt(api, flags.project, this.signal);
    const { documents, skipped } = await withWorkspace(
      "knowledge",
      this.signal,
      (workspace) => prepareSharing(workspace, argv as string[]),
      { keepNothing: true },
    );
    for (const { path, reason } of skipped) this.log(`Skipped ${displayPath(path)}: ${reason}`);
    if (documents.length > 0 && !flags.yes) await this.#agree(documents, new URL(api.url).host);
    const to = { api, egress: await openEgressLog() };
    const shared: ShareReport["shared"][number][] = [];
    for (const { path, kept, ...document } of documents) {
      const done = await share(to, at, document, this.signal);
      const rest = kept > 0 ? `; ${count(kept, "passage")} with something private in it stayed here` : "";
      this.log(`${displayPath(path)}  shared as ${done.name}, ${count(done.chunks, "passage")}${rest}`);
      shared.push({ ...done, path, kept });
    }
    return { shared, skipped };
  }

  /** @throws SynesisError USAGE when nobody agrees */
  async #agree(documents: Prepared["documents"], host: string): Promise<void> {
    const passages = documents.reduce((sum, { chunks }) => sum + chunks.length, 0);
    const what = `${count(passages, "public passage")} of ${count(documents.length, "document")} would be kept at ${host}.`;
    if (await confirm(`${what} Share?`, false, this.signal)) return;
    throw new SynesisError("USAGE", "Nothing was shared.", { next: "Say yes when you are asked, or give --yes." });
  }
}
