import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { projectFlag } from "../../services/projects/cents.ts";
import { exportBundle, type WrittenBundle } from "../../services/projects/export-bundle.ts";
import { type Handover, startHandover } from "../../services/projects/handover.ts";
import { passphraseOf } from "../../services/projects/passphrase.ts";
import { cloud, findProject } from "../../services/projects/projects.ts";
import { minute } from "../../services/projects/show.ts";

interface Started {
  readonly handover: (Handover & { readonly token: string }) | null;
  readonly bundle: WrittenBundle | null;
}

export default class HandoverStart extends BaseCommand {
  static override summary = "Hand a project over: to somebody in the cloud, as a file, or both.";
  static override description =
    "With --to, somebody else is asked by mail to take the project in the cloud. With --file, what this data folder holds of it is written to a file: the decision log, settings without secrets, and if wanted the knowledge (as it is, with its values) and the adapters; values of the token vault only with --with-values and the receiver's key. The file is signed, and sealed with a passphrase from SYNESIS_PASSPHRASE or --passphrase-file. That works without a network.";
  static override examples = [
    "<%= config.bin %> handover start --project Harbour --to client@example.com",
    "<%= config.bin %> handover start --project Harbour --file harbour.bundle --include-knowledge",
  ];
  static override flags = {
    project: projectFlag,
    to: Flags.string({ helpValue: "EMAIL", description: "Whom the project is handed over to in the cloud." }),
    file: Flags.string({ helpValue: "OUT", description: "Write a bundle to this file." }),
    "include-knowledge": Flags.boolean({ description: "With the knowledge vault: all texts of all documents." }),
    "include-loras": Flags.boolean({ description: "With the adapters." }),
    "with-values": Flags.string({
      helpValue: "KEY",
      dependsOn: ["file"],
      description:
        "With the token vault's values of these questions, sealed for the receiver's key (`synesis handover key` on their side).",
    }),
    "passphrase-file": Flags.string({ helpValue: "FILE", description: "Where the passphrase is; - reads it from standard input." }),
  };

  async run(): Promise<Started> {
    const { flags } = await this.parse(HandoverStart);
    const { to, file, project: wanted, "include-knowledge": knowledge, "include-loras": adapters } = flags;
    if (to === undefined && file === undefined) throw new SynesisError("USAGE", "--to or --file is needed, or both.");
    const api = to === undefined ? undefined : cloud();
    const project = api && (await findProject(api, wanted, this.signal));
    const passphrase = file === undefined ? "" : await passphraseOf(flags["passphrase-file"]);
    const wish = { project: project?.name ?? wanted, knowledge, adapters, passphrase, valuesFor: flags["with-values"] };
    // The file first: where it cannot be written, nobody has been asked yet.
    const bundle = file === undefined ? null : await exportBundle(homeFolder(), { file, ...wish }, this.signal);
    if (bundle) this.#showBundle(bundle);
    if (!api || !project || to === undefined) return { handover: null, bundle };
    const terms = { toEmail: to, includeKnowledge: knowledge, includeLoras: adapters };
    const handover = await startHandover(api, project.id, terms, this.signal);
    this.log(`A mail is on its way to ${handover.toEmail}. Until ${minute(handover.expiresAt)} they can take ${project.name} with`);
    this.log(`  synesis handover accept ${handover.token}`);
    this.log(`How it stands: synesis handover status ${handover.id}`);
    return { handover, bundle };
  }

  #showBundle({ file, bytes, fingerprint, contents }: WrittenBundle): void {
    this.log(`${file}: ${bytes} bytes, with ${contents.join(", ") || "settings alone"}.`);
    this.log(`Signed by ${fingerprint}; tell the receiver this and the passphrase by another way than the file.`);
  }
}
