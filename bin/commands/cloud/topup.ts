import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { type Page, parseDollars, topUp } from "../../services/cloud/billing.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class CloudTopup extends BaseCommand {
  static override summary = "Pay in advance: credits are used before anything is billed.";
  static override description =
    "Prints the page of the payment provider where you pay. Nothing is charged before you do, and no card data comes here.";
  static override examples = ["<%= config.bin %> cloud topup 10", "<%= config.bin %> cloud topup 12.50"];
  static override args = { amount: Args.string({ ignoreStdin: true, required: true, description: "US dollars, from 1 to 1000." }) };

  async run(): Promise<Page & { cents: number }> {
    const { args } = await this.parse(CloudTopup);
    const cents = parseDollars(args.amount);
    const home = homeFolder();
    const page = await topUp(home, loadConfig(home), cents, this.signal);
    this.log(`Open this page to pay:\n${page.url}`);
    return { ...page, cents };
  }
}
