/** What has to be true before a question leaves: the user agreed, and it does not cost more than the settings allow. */
import { type Kernel, SynesisError } from "../../../kernel/index.ts";
import type { PreparedBrief } from "../../../pipeline/escalate/brief.ts";
import type { RunLog } from "../../../pipeline/run-log.ts";
import { type Config, loadConfig, setSetting } from "../config.ts";
import { confirm } from "../confirm.ts";
import { mostCost } from "./prices.ts";
import { bytesFor, hostOf } from "./provider.ts";

const NANO_PER_CENT = 10_000_000;

export interface Leaving {
  readonly home: string;
  readonly config: Config;
  readonly kernel: Kernel;
  readonly log: RunLog;
  readonly signal: AbortSignal;
  /** Nobody can be asked, even at a terminal. */
  readonly unattended: boolean;
}

/**
 * Whether a brief may be sent. The first time for a provider, and each time where the routing says so, whoever is at the
 * terminal is asked; that they agreed to the provider is remembered. Where nobody can be asked, the flag or the routing
 * is the agreement.
 *
 * @throws SynesisError SPEND_CAP_REACHED
 */
export async function mayLeave(route: "cloud" | "ask", prepared: PreparedBrief, leaving: Leaving): Promise<boolean> {
  assertAffordable(prepared, leaving);
  const { home, config, signal, unattended } = leaving;
  const host = hostOf(config);
  const known = config.escalation.agreed.includes(host);
  const someone = !unattended && process.stdin.isTTY === true && process.stderr.isTTY === true;
  if (!someone || host === "") return route === "cloud";
  if (route === "cloud" && known) return true;
  const { brief } = prepared;
  const { length } = await bytesFor(brief, config);
  const what = `${length} bytes, with ${brief.passages.length} passages and tokens in the place of your values, would go to ${host}.`;
  const agreed = await confirm(`${what} Send ${known ? "it" : "it, and remember that you agreed to this provider"}?`, false, signal);
  if (agreed && !known) remember(home, host);
  return agreed;
}

function remember(home: string, host: string): void {
  const { agreed } = loadConfig(home).escalation; // as it is now: another command may have added one
  setSetting(home, "escalation.agreed", JSON.stringify([...new Set([...agreed, host])]));
}

function assertAffordable({ brief }: PreparedBrief, { config, kernel, log }: Leaving): void {
  const { caps } = config.escalation;
  const limits = [
    { cents: caps.questionCents, name: "a question", since: undefined },
    { cents: caps.dayCents, name: "a day", since: startOf("day") },
    { cents: caps.monthCents, name: "a month", since: startOf("month") },
  ].filter(({ cents }) => cents > 0);
  if (limits.length === 0) return;
  const most = mostCost(config, brief, brief.model);
  if (most === undefined)
    throw new SynesisError("SPEND_CAP_REACHED", `(the price of ${brief.model} is not known)`, {
      next: "Set it in dollars for a million tokens: synesis config set escalation.price.in AMOUNT, and escalation.price.out.",
    });
  for (const { cents, name, since } of limits) {
    const spent = since === undefined ? 0 : spentSince(since, kernel, log);
    if (spent + most > cents * NANO_PER_CENT)
      throw new SynesisError(
        "SPEND_CAP_REACHED",
        `(${inCents(spent)} spent, up to ${inCents(most)} more; ${cents} cents allowed for ${name})`,
      );
  }
}

/** By the ledger where there is one; the record of questions counts what this machine asked. */
function spentSince(time: number, kernel: Kernel, log: RunLog): number {
  const kept = kernel.plugins.some(({ provides = [] }) => provides.includes("ledger"));
  return kept ? Math.max(kernel.service("ledger").spent(time).nanoDollars, log.spentSince(time)) : log.spentSince(time);
}

function inCents(nanoDollars: number): string {
  return `${(nanoDollars / NANO_PER_CENT).toFixed(2)} cents`;
}

/** Where the day, or the month, began by this machine's clock; ms since 1970. */
function startOf(what: "day" | "month"): number {
  const now = new Date();
  return new Date(now.getFullYear(), now.getMonth(), what === "day" ? now.getDate() : 1).getTime();
}
