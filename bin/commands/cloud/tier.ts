import * as Args from "@oclif/core/args";
import { BaseCommand } from "../../base-command.ts";
import { type Chosen, chooseTier } from "../../services/cloud/billing.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class CloudTier extends BaseCommand {
  static override summary = "Choose how you pay for the cloud.";
  static override description =
    "free: a monthly limit. managed: what the provider takes, and 3%. byok: your own key pays the provider, and 30% of that is the cloud's fee. A tier that is paid for needs a subscription: its page is printed, and the tier holds once you have made it.";
  static override args = {
    name: Args.string({ ignoreStdin: true, required: true, options: ["free", "managed", "byok"], description: "free, managed or byok." }),
  };

  async run(): Promise<Chosen> {
    const { args } = await this.parse(CloudTier);
    const home = homeFolder();
    const chosen = await chooseTier(home, loadConfig(home), args.name, this.signal);
    if (chosen.checkout) this.log(`Open this page to subscribe; the tier is ${args.name} after that:\n${chosen.checkout.url}`);
    else this.log(`The tier is ${chosen.tier} now.`);
    return chosen;
  }
}
