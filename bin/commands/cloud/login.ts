import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { type Login, login } from "../../services/cloud/login.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { readInput } from "../../services/input.ts";
import { visible } from "../../services/visible.ts";

export default class CloudLogin extends BaseCommand {
  static override summary = "Sign in to the cloud that `cloud.api` names.";
  static override description =
    "Without a key it shows a page and a code, and waits until you have approved the code there. A key may also come from the variable SYNESIS_API_KEY, or from standard input with -. It is kept in the system's keychain, or where there is none in a file that only you can read. This machine gets a certificate for a key of its own, which never leaves it.";
  static override examples = ["<%= config.bin %> cloud login", "<%= config.bin %> cloud login - < key.txt"];
  static override args = {
    key: Args.string({ ignoreStdin: true, name: "API_KEY", description: "A key that you have; - reads it from standard input." }),
  };

  async run(): Promise<Login> {
    const { args } = await this.parse(CloudLogin);
    const home = homeFolder();
    if (args.key !== undefined && args.key !== "-")
      await this.notice("The key is in your shell's history now; `synesis cloud login -` reads it from standard input.");
    const result = await login(home, loadConfig(home), {
      key: args.key === "-" ? (await readInput("-", 1_000)).trim() : args.key,
      signal: this.signal,
      // also with --json: it cannot be approved unseen
      show: (page, code, complete) =>
        void process.stderr.write(
          visible(`Open this page in a browser:\n  ${page}\nand type this code:\n  ${code}\nOr open ${complete}\nWaiting …\n`),
        ),
      notice: (text) => this.notice(text),
    });
    this.log(`Signed in to ${result.api}; the key is kept in ${result.keyStore === "keychain" ? "the keychain" : "keys/cloud.json"}.`);
    if (result.device)
      this.log(`This machine is ${result.device.id} of ${result.device.user}, until ${result.device.expires.slice(0, 10)}.`);
    return result;
  }
}
