import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { type Handover, handoverStatus } from "../../services/projects/handover.ts";
import { cloud } from "../../services/projects/projects.ts";
import { minute } from "../../services/projects/show.ts";

export default class HandoverStatus extends BaseCommand {
  static override summary = "Show how a handover stands: pending, email_sent, accepted, completed, expired or cancelled.";
  static override args = { token: Args.string({ ignoreStdin: true, required: true, description: "The handover's token or id." }) };

  async run(): Promise<Handover> {
    const { args } = await this.parse(HandoverStatus);
    const handover = await handoverStatus(cloud(), args.token, this.signal);
    this.log(`${handover.state}: to ${handover.toEmail}, until ${minute(handover.expiresAt)}`);
    return handover;
  }
}
