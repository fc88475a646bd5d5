import { BaseCommand } from "../../base-command.ts";
import { type Balance, readBalance } from "../../services/cloud/billing.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class CloudBalance extends BaseCommand {
  static override summary = "Show what you owe the cloud, what you have paid in advance, and your tier.";
  static override description = "Amounts are exact, in US dollars. What your own key paid and the cloud does not know yet is told first.";

  async run(): Promise<Balance> {
    await this.parse(CloudBalance);
    const home = homeFolder();
    const balance = await readBalance(home, loadConfig(home), this.signal);
    for (const line of show(balance)) this.log(line);
    return balance;
  }
}

function show({ tier, unbilled, credits, ceiling, owed, held, free, unpaid, untold }: Balance): string[] {
  const lines = [`Tier      ${tier}`, `Unbilled  $${unbilled}`, `Credits   $${credits}`, `Owed      $${owed} of at most $${ceiling}`];
  if (tier === "free") lines.push(`Free      $${free.used} of $${free.limit} this month`);
  if (Number(held) > 0) lines.push(`Held      $${held} for work in progress`);
  for (const { amount, page } of unpaid)
    lines.push(`Unpaid    $${amount} could not be paid from your card: ${page ? `pay at ${page}` : "Stripe's mail says how to pay"}`);
  if (untold > 0) lines.push(`Untold    ${untold} requests that the cloud does not know of yet`);
  return lines;
}
