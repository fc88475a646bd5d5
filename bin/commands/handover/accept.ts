import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";
import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";
import { acceptHandover, completeHandover, type Handover, isAcceptable } from "../../services/projects/handover.ts";
import { type ImportedBundle, importBundle } from "../../services/projects/import-bundle.ts";
import { passphraseOf } from "../../services/projects/passphrase.ts";
import { cloud } from "../../services/projects/projects.ts";

interface Accepted {
  readonly handover: Handover | null;
  readonly bundle: ImportedBundle | null;
}

export default class HandoverAccept extends BaseCommand {
  static override summary = "Take a project that is handed over to you: in the cloud by its token, or from a bundle file.";
  static override description =
    "A bundle becomes a data folder of its own, all of it or nothing; SYNESIS_HOME set to that folder works with it. Its signature, its form and its passphrase are checked before. With a token and --file, the project in the cloud becomes yours only after the file has been taken.";
  static override examples = [
    "<%= config.bin %> handover accept harbour.bundle --from 1a2b-3c4d-5e6f-7a8b-9c0d",
    "<%= config.bin %> handover accept TOKEN --file harbour.bundle",
  ];
  static override args = {
    handover: Args.string({ ignoreStdin: true, required: true, name: "TOKEN|FILE", description: "The token from the mail, or a bundle." }),
  };
  static override flags = {
    file: Flags.string({ helpValue: "FILE", description: "The bundle that belongs to the token." }),
    to: Flags.string({ helpValue: "FOLDER", description: "The folder that the bundle becomes; one inside the data folder when absent." }),
    from: Flags.string({ helpValue: "FINGERPRINT", description: "Take the bundle only when it is signed by this key." }),
    "with-values": Flags.boolean({
      description:
        "Take values of the maker's token vault too. A bundle with values is refused without this, and one without is refused with it.",
    }),
    "passphrase-file": Flags.string({ helpValue: "FILE", description: "Where the passphrase is; - reads it from standard input." }),
  };

  async run(): Promise<Accepted> {
    const { args, flags } = await this.parse(HandoverAccept);
    const token = isAcceptable(args.handover) ? args.handover : undefined;
    if (token === undefined && flags.file !== undefined) throw new SynesisError("USAGE", "--file belongs to a token.");
    const api = token === undefined ? undefined : cloud();
    const accepted = api && token !== undefined ? await acceptHandover(api, token, this.signal) : undefined;
    const file = token === undefined ? args.handover : flags.file;
    const bundle = file === undefined ? null : await this.#take(file, flags, token !== undefined);
    const handover = api && accepted ? await completeHandover(api, accepted, this.signal) : null;
    if (handover) this.log(`The project ${handover.projectId} is yours.`);
    return { handover, bundle };
  }

  async #take(
    file: string,
    {
      to,
      from,
      "passphrase-file": passphraseFile,
      "with-values": values = false,
    }: { to?: string | undefined; from?: string | undefined; "passphrase-file"?: string | undefined; "with-values"?: boolean },
    again: boolean,
  ): Promise<ImportedBundle | null> {
    const passphrase = await passphraseOf(passphraseFile);
    try {
      const bundle = await importBundle(homeFolder(), { file, passphrase, to, from, values }, this.signal);
      this.log(`${bundle.project}: ${bundle.runs} decided questions, signed by ${bundle.fingerprint}.`);
      if (values) this.log(`${bundle.values} values of its maker's token vault are in it.`);
      this.log(`To work with it: SYNESIS_HOME=${bundle.folder}`);
      return bundle;
    } catch (error) {
      // Taken by an earlier attempt whose last step did not happen.
      if (again && error instanceof SynesisError && error.code === "OUTPUT_EXISTS" && to === undefined) return null;
      throw error;
    }
  }
}
