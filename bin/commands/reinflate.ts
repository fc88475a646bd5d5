import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { findTokens } from "../../kernel/index.ts";
import { BaseCommand } from "../base-command.ts";
import { readInput } from "../services/input.ts";
import { reinflateText } from "../services/redact.ts";
import { sessionName } from "../services/session.ts";
import { withWorkspace } from "../services/workspace.ts";

const MAX_INPUT_BYTES = 256 * 1024 * 1024;

export default class Reinflate extends BaseCommand {
  static override summary = "Put the values of a session back in place of their tokens.";
  static override examples = ["<%= config.bin %> reinflate answer.txt --session work"];
  static override args = {
    file: Args.string({ ignoreStdin: true, default: "-", description: 'The text; "-" reads it from standard input.' }),
  };
  static override flags = {
    session: Flags.string({ required: true, helpValue: "NAME", description: "The session in which the text was redacted." }),
  };

  // One long computation, which no signal can be heard in.
  protected override readonly stopsCleanly = false;

  async run(): Promise<{ session: string; text: string }> {
    const { args, flags } = await this.parse(Reinflate);
    const name = sessionName(flags.session);
    const text = await readInput(args.file, MAX_INPUT_BYTES);
    return withWorkspace("privacy", this.signal, async (workspace) => {
      const restored = await reinflateText(workspace, text, name);
      if (!this.jsonEnabled()) process.stdout.write(restored);
      if (restored === text && findTokens(text).length > 0) await this.notice(`No token of the session "${name}" was found in the text.`);
      return { session: name, text: restored };
    });
  }
}
