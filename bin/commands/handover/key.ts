import { BaseCommand } from "../../base-command.ts";
import { homeFolder } from "../../services/home.ts";

export default class HandoverKey extends BaseCommand {
  static override summary = "Show the key for which whoever hands a project over to you can seal values of their token vault.";
  static override description =
    "It is made when it is first shown, and is no secret; the other half stays in this data folder. Send it by a way on which nobody can put another in its place.";

  async run(): Promise<{ readonly key: string }> {
    await this.parse(HandoverKey);
    const { receiverText, receivingKey } = await import("../../../plugins/handover/index.ts");
    const key = receiverText(receivingKey(homeFolder()));
    this.log(key);
    return { key };
  }
}
