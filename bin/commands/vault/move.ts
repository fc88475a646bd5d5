import * as Args from "@oclif/core/args";
import type { KeyPlace } from "../../../plugins/privacy/vault/keys.ts";
import { BaseCommand } from "../../base-command.ts";
import { type KeyChange, moveKey } from "../../services/vault.ts";

export default class VaultMove extends BaseCommand {
  static override summary = "Keep the vault's key in another place: the system's keychain, or a file.";
  static override description =
    "The vault gets a new key there, and the old key is destroyed: what may be left of it in an old backup opens nothing of today.";
  static override examples = ["<%= config.bin %> vault move keychain", "<%= config.bin %> vault move file"];
  static override args = {
    place: Args.string({ ignoreStdin: true, required: true, options: ["keychain", "file"], description: "keychain or file." }),
  };

  async run(): Promise<KeyChange> {
    const { args } = await this.parse(VaultMove);
    const { changed, keyStore } = await moveKey(args.place as KeyPlace);
    const now = args.place === "file" ? "in keys/tokens.key" : "in the keychain";
    if (keyStore === null) this.log("There is no vault yet; `synesis config set privacy.keyStore` says where its key will be.");
    else this.log(changed ? `The vault has a new key, which is kept ${now}.` : `The key is ${now} already.`);
    return { changed, keyStore };
  }
}
