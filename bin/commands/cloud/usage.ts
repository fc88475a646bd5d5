import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../base-command.ts";
import { compareUsage, type DayBeside, type LocalUsage, readUsage, type Usage, type UsageRow } from "../../services/cloud/usage.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";
import { alignedLines } from "../../services/table.ts";

export default class CloudUsage extends BaseCommand {
  static override summary = "Show what was asked of the cloud on each day, and what it cost.";
  static override description =
    "Days are those of UTC, amounts exact US dollars. With --local the ledger of this machine stands beside the cloud's statement, with the differences: more at the cloud is what your other machines did, less is what it does not know of.";
  static override examples = ["<%= config.bin %> cloud usage --days 7", "<%= config.bin %> cloud usage --local"];
  static override flags = {
    days: Flags.integer({ min: 1, max: 366, default: 30, helpValue: "N", description: "How many days, today among them." }),
    local: Flags.boolean({ description: "The ledger of this machine, and how the cloud's differs from it; works offline." }),
  };

  async run(): Promise<Usage | LocalUsage> {
    const { flags } = await this.parse(CloudUsage);
    const home = homeFolder();
    const config = loadConfig(home);
    const usage = flags.local
      ? await compareUsage(home, config, flags.days, this.signal)
      : await readUsage(home, config, flags.days, this.signal);
    for (const line of "total" in usage ? show(usage) : showBeside(usage)) this.log(line);
    return usage;
  }
}

function show({ days, total }: Usage): string[] {
  if (days.length === 0) return ["Nothing was asked of the cloud in this time."];
  const row = ({ day, requests, tokensIn, tokensOut, cost, charge, fromCredits }: UsageRow) =>
    [day, requests, tokensIn, tokensOut, cost, charge, fromCredits].map(String);
  return alignedLines([
    ["Day", "Requests", "Tokens in", "Tokens out", "Cost $", "Charged $", "From credits $"],
    ...days.map(row),
    row(total),
  ]);
}

function showBeside({ spent, days, waiting, refused, found, unfinished, offline }: LocalUsage): string[] {
  const lines = [`Spent by this machine  $${spent}`];
  if (waiting.requests > 0) lines.push(`Not told yet           ${waiting.requests} requests, cost $${waiting.cost}`);
  if (offline !== null) lines.push(`The cloud was not asked: ${offline}`);
  for (const { requestId, model, reason } of refused) lines.push(`Not counted: ${requestId} (${model}): ${reason}`);
  for (const { requestId, model, cost } of found)
    lines.push(`Found at the cloud: ${requestId} (${model}), cost $${cost}: the command had ended before its receipt`);
  for (const { requestId, model, via } of unfinished)
    lines.push(
      `Not known: what ${requestId} (${model}) took; ${via === "cloud" ? "the cloud has not settled it" : "the provider's own statement says"}`,
    );
  if (!days?.length) return lines;
  const row = ({ day, local, cloud, difference, same }: DayBeside) =>
    [
      day,
      local.requests,
      cloud.requests,
      local.cost,
      cloud.cost,
      local.charge ?? "",
      cloud.charge ?? "",
      same ? "" : signed(difference),
    ].map(String);
  const head = ["Day", "Requests here", "there", "Cost here $", "there $", "Charged here $", "there $", "Difference"];
  return [...lines, "", ...alignedLines([head, ...days.map(row)])];
}

function signed({ requests, cost }: DayBeside["difference"]): string {
  return `${requests > 0 ? "+" : ""}${requests} requests, ${cost.startsWith("-") ? "" : "+"}${cost}`;
}
