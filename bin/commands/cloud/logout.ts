import { BaseCommand } from "../../base-command.ts";
import { type Logout, logout } from "../../services/cloud/login.ts";
import { loadConfig } from "../../services/config.ts";
import { homeFolder } from "../../services/home.ts";

export default class CloudLogout extends BaseCommand {
  static override summary = "Sign out: the key is revoked at the cloud and removed here.";
  static override description =
    "Where the cloud does not answer, the key is removed all the same, and you are told that it was not revoked.";

  async run(): Promise<Logout> {
    await this.parse(CloudLogout);
    const home = homeFolder();
    const result = await logout(home, loadConfig(home), this.signal, (text) => this.notice(text));
    this.log(result.signedOut ? `Signed out${result.revoked ? "; the key is revoked" : ""}.` : "You were not signed in.");
    return result;
  }
}
