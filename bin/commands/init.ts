import * as Flags from "@oclif/core/flags";
import type { Hardware } from "../../plugins/hardware/index.ts";
import { BaseCommand } from "../base-command.ts";
import { confirm } from "../services/confirm.ts";
import { homeFolder } from "../services/home.ts";
import { accept, look, type Proposal, propose } from "../services/init.ts";

interface InitResult extends Proposal {
  readonly home: string;
  readonly hardware: Hardware;
  readonly servers: readonly string[];
  /** Whether the settings were written. */
  readonly written: boolean;
}

const GIB = 1024 ** 3;

export default class Init extends BaseCommand {
  static override summary = "Look at this machine, propose settings for it, and write them.";
  static override description = "Off a terminal nothing is asked: what is proposed is shown, and written only with --yes.";
  static override flags = { yes: Flags.boolean({ char: "y", description: "Accept what is proposed, without a question." }) };

  async run(): Promise<InitResult> {
    const { flags } = await this.parse(Init);
    const home = homeFolder();
    const findings = await look(home);
    const proposal = propose(findings);
    const { hardware, servers } = findings;
    const lines = Object.entries(proposal.settings).map(([key, value]) => `  ${key} = ${value}`);
    const gpu = hardware.gpus[0]?.model ?? "no GPU";
    this.log(`${hardware.cpu.model}, ${hardware.cpu.cores} cores, ${(hardware.memory.total / GIB).toFixed(1)} GiB, ${gpu}`);
    this.log([proposal.why, ...lines].join("\n"));
    const written =
      Object.keys(proposal.settings).length === 0 ||
      flags.yes ||
      (!this.jsonEnabled() && (await confirm("Write these settings?", true, this.signal)));
    if (written) accept(home, proposal);
    this.log(written ? `Written to ${home}.` : "Nothing was written; --yes accepts what is proposed.");
    this.log(["Next:", ...proposal.next.map((line) => `  ${line}`)].join("\n"));
    return { home, hardware, servers: servers.map(({ baseUrl }) => baseUrl), ...proposal, written };
  }
}
