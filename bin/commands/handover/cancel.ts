import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { cancelHandover, type Handover } from "../../services/projects/handover.ts";
import { cloud } from "../../services/projects/projects.ts";

export default class HandoverCancel extends BaseCommand {
  static override summary = "End a handover that is not completed; nothing has moved then.";
  static override args = { token: Args.string({ ignoreStdin: true, required: true, description: "The handover's token or id." }) };

  async run(): Promise<Handover> {
    const { args } = await this.parse(HandoverCancel);
    const handover = await cancelHandover(cloud(), args.token, this.signal);
    this.log(`The handover to ${handover.toEmail} is ${handover.state}.`);
    return handover;
  }
}
