import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { forgetKey, keepKey, OWN_PROVIDERS, type OwnProvider } from "../../services/escalation/keys.ts";
import { readInput } from "../../services/input.ts";

const MAX_BYTES = 16 * 1024;

interface KeyChange {
  readonly provider: OwnProvider;
  /** Whether the keychain has a key for it now. */
  readonly kept: boolean;
}

export default class ModelKey extends BaseCommand {
  static override summary = "Keep your own key for a provider in the system's keychain, or remove it.";
  static override description =
    "The key is read from standard input, so that no history of commands holds it. A key in the environment is taken before it.";
  static override examples = ["<%= config.bin %> model key anthropic < key.txt"];
  static override args = {
    provider: Args.custom<OwnProvider>({ options: OWN_PROVIDERS })({ ignoreStdin: true, required: true, description: "Whose key it is." }),
  };
  static override flags = { remove: Flags.boolean({ description: "Remove the key that is kept." }) };

  async run(): Promise<KeyChange> {
    const { args, flags } = await this.parse(ModelKey);
    const { provider } = args;
    if (flags.remove) forgetKey(provider);
    else keepKey(provider, await readInput("-", MAX_BYTES));
    this.log(flags.remove ? `No key for ${provider} is kept.` : `The key for ${provider} is in the keychain.`);
    return { provider, kept: !flags.remove };
  }
}
