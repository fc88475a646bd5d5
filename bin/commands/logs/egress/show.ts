import * as Args from "@oclif/core/args";
import { SynesisError } from "../../../../kernel/index.ts";
import { BaseCommand } from "../../../base-command.ts";
import { egressEntry, openEgressLog } from "../../../services/egress.ts";

const entryNumber = Args.custom<number>({
  parse: async (text) => {
    if (!/^\d{1,15}$/.test(text)) throw new SynesisError("USAGE", "An entry's number is a whole number.");
    return Number(text);
  },
});

export default class LogsEgressShow extends BaseCommand {
  static override summary = "Show the exact bytes that left this machine once.";
  static override examples = ["<%= config.bin %> logs egress show 3"];
  static override args = { number: entryNumber({ ignoreStdin: true, required: true, description: "The entry's number." }) };

  async run(): Promise<ReturnType<typeof egressEntry>> {
    const { args } = await this.parse(LogsEgressShow);
    const entry = egressEntry((await openEgressLog()).inspect(), args.number);
    if (!this.jsonEnabled()) process.stdout.write(Buffer.from(entry.body, entry.encoding));
    return entry;
  }
}
