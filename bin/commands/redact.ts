import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../base-command.ts";
import { session } from "../flags.ts";
import { count } from "../services/count.ts";
import { readInput } from "../services/input.ts";
import { countsTable } from "../services/preview.ts";
import { type RedactResult, redactText } from "../services/redact.ts";
import { sessionName } from "../services/session.ts";
import { withWorkspace } from "../services/workspace.ts";

const MAX_INPUT_BYTES = 256 * 1024 * 1024;

export default class Redact extends BaseCommand {
  static override summary = "Replace every secret in a text with a token.";
  static override description = "The values stay in the token vault of the session; `reinflate` with the same session gives them back.";
  static override examples = ["<%= config.bin %> redact mail.txt --session work", "cat app.log | <%= config.bin %> redact -"];
  static override args = {
    file: Args.string({ ignoreStdin: true, default: "-", description: 'The text; "-" reads it from standard input.' }),
  };
  static override flags = {
    session,
    preview: Flags.boolean({
      exclusive: ["session"],
      description: "Show what would leave, with a table of what was replaced on standard error, and keep no values.",
    }),
  };

  // One long computation, which no signal can be heard in.
  protected override readonly stopsCleanly = false;

  async run(): Promise<RedactResult> {
    const { args, flags } = await this.parse(Redact);
    const name = sessionName(flags.session);
    const raw = await readInput(args.file, MAX_INPUT_BYTES);
    const keepNothing = flags.preview;
    return withWorkspace(
      "privacy",
      this.signal,
      async (workspace) => {
        const result = await redactText(workspace, raw, name);
        if (!this.jsonEnabled()) process.stdout.write(result.text);
        if (flags.preview) this.#tellCounts(result);
        else if (flags.session === undefined && result.entities.length > 0)
          await this.notice(`To give the values back: synesis reinflate --session ${name}`);
        return result;
      },
      { keepNothing },
    );
  }

  #tellCounts({ entities, text }: RedactResult): void {
    const table = countsTable(entities, process.stderr.isTTY && !process.env["NO_COLOR"]);
    const bytes = `${count(Buffer.byteLength(text), "byte")} would leave; nothing was kept.`;
    process.stderr.write(
      `${text === "" || text.endsWith("\n") || this.jsonEnabled() ? "" : "\n"}${table || "  nothing to replace"}\n${bytes}\n`,
    );
  }
}
