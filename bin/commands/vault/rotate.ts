import { BaseCommand } from "../../base-command.ts";
import { type KeyChange, rotateKey } from "../../services/vault.ts";

export default class VaultRotate extends BaseCommand {
  static override summary = "Seal all values anew under a new key, and destroy the old key.";
  static override description = "The new key is kept where the old one was. Other commands may run meanwhile.";

  async run(): Promise<KeyChange> {
    await this.parse(VaultRotate);
    const change = await rotateKey();
    this.log(change.changed ? `The vault has a new key (${change.keyStore}).` : "There is no vault yet.");
    return change;
  }
}
