import { BaseCommand } from "../../base-command.ts";
import { type CloudStatus, cloudStatus } from "../../services/cloud/status.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class Status extends BaseCommand {
  static override summary = "Show how the cloud is reached: link, latency, device, certificate.";
  static override description =
    "Connects once, sends one sign of life and disconnects. Ends with 1 when the cloud cannot be reached. Without a gateway it goes straight to the cloud, by HTTPS. Where nobody is signed in, nothing is sent.";

  async run(): Promise<CloudStatus> {
    await this.parse(Status);
    const home = homeFolder();
    const status = await cloudStatus(home, loadConfig(home), this.config.version, {
      signal: this.signal,
      notice: (text) => this.notice(text),
    });
    for (const line of show(status)) this.log(line);
    if (status.state === "failed") process.exitCode = 1;
    return status;
  }
}

function show({ state, gateway, link, latencyMs, device, certificate, switches, error }: CloudStatus): string[] {
  const lines = [
    `State        ${state}`,
    `Gateway      ${gateway ?? "none: set it with `synesis config set cloud.gateway HOST:PORT`"}`,
    `Device       ${device ? `${device.id} of ${device.user}` : "not signed in"}`,
  ];
  if (certificate)
    lines.push(
      `Certificate  until ${certificate.expires.slice(0, 10)} (${certificate.daysLeft} days)${certificate.renew ? ", due to be renewed" : ""}`,
    );
  if (link)
    lines.push(
      `Link         ${link}`,
      `Latency      ${latencyMs === null ? "the sign of life was not acknowledged" : `${latencyMs.toFixed(1)} ms`}`,
    );
  for (const { from, to, because } of switches) lines.push(`             ${to} in place of ${from}: ${because ?? "preferred"}`);
  if (error) lines.push(`Error        ${error.message}`, `             ${error.next}`);
  return lines;
}
