import { BaseCommand } from "../base-command.ts";
import { concealed } from "../services/conceal.ts";
import type { Check } from "../services/doctor/check.ts";
import { examine } from "../services/doctor/index.ts";
import { homeFolder } from "../services/home.ts";

export default class Doctor extends BaseCommand {
  static override summary = "Check everything that SuperInstance needs, and say how to repair what is wrong.";
  static override description = "Ends with 2 when something is wrong.";

  async run(): Promise<{ ok: boolean; checks: Check[] }> {
    await this.parse(Doctor);
    const checks = await Promise.all((await examine(homeFolder())).map(withoutSecrets));
    const ok = checks.every((check) => check.ok);
    for (const { name, ok, detail, next } of checks) {
      this.log(`${ok ? "ok   " : "WRONG"}  ${name.padEnd(14)}  ${detail}`);
      if (next !== null) this.log(`${" ".repeat(23)}${next}`);
    }
    this.log(ok ? "\nAll is well." : "\nSomething is wrong.");
    if (!ok) process.exitCode = 2;
    return { ok, checks };
  }
}

/** What doctor says goes into reports of faults as a whole. */
async function withoutSecrets({ detail, next, ...check }: Check): Promise<Check> {
  return { ...check, detail: await concealed(detail), next: next === null ? null : await concealed(next) };
}
