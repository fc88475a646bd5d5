import * as Flags from "@oclif/core/flags";
import { BaseCommand } from "../../../base-command.ts";
import { count } from "../../../services/count.ts";
import { type EgressCheck, type EgressSummary, egressCheck, egressSummaries, openEgressLog, warningOf } from "../../../services/egress.ts";

export default class LogsEgress extends BaseCommand {
  static override summary = "List what has left this machine, the newest first, or check that the record is whole.";
  static override description = "With --verify it ends with 1 when an entry was changed, moved or taken out.";
  static override examples = ["<%= config.bin %> logs egress", "<%= config.bin %> logs egress --verify"];
  static override flags = {
    verify: Flags.boolean({ description: "Check the whole record, and say the first line that does not fit." }),
    limit: Flags.integer({ min: 1, max: 10_000, default: 20, helpValue: "N", description: "How many to list." }),
  };

  async run(): Promise<readonly EgressSummary[] | EgressCheck> {
    const { flags } = await this.parse(LogsEgress);
    const state = (await openEgressLog()).inspect();
    const check = egressCheck(state);
    const warning = warningOf(check);
    if (flags.verify) {
      if (!check.ok) process.exitCode = 1;
      this.log(check.ok ? `Whole: ${count(check.entries, "entry", "entries")}.` : warning);
      if (check.ok && warning) this.log(warning);
      return check;
    }
    const entries = egressSummaries(state, flags.limit);
    if (entries.length === 0) this.log("Nothing has left this machine.");
    for (const { sequence, time, to, bytes } of entries)
      this.log(`${String(sequence).padStart(6)}  ${time}  ${count(bytes, "byte")}  ${to}`);
    if (warning) process.stderr.write(`${warning}\n`); // also with --json
    return entries;
  }
}
