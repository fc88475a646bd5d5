import { BaseCommand } from "../../base-command.ts";
import { type Logout, logout } from "../../services/cloud/logout.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class CloudLogout extends BaseCommand {
  static override summary = "Sign out: key and certificate are revoked at the cloud and removed here.";
  static override description =
    "Where the cloud does not answer, they are removed all the same, and you are told that they were not revoked.";

  async run(): Promise<Logout> {
    await this.parse(CloudLogout);
    const home = homeFolder();
    const result = await logout(home, loadConfig(home), { signal: this.signal, notice: (text) => this.notice(text) });
    this.log(result.signedOut ? `Signed out${result.revoked ? "; key and certificate are revoked" : ""}.` : "You were not signed in.");
    return result;
  }
}
