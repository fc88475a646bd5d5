import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const WRANGLER = join(import.meta.dirname, "../../node_modules/wrangler/bin/wrangler.js");

test("wrangler takes the Worker as it is: a deployment up to its upload", async () => {
  const out = await mkdtemp(join(tmpdir(), "deploy-"));
  try {
    const args = [WRANGLER, "deploy", "--dry-run", "--outdir", out, "-c", join(import.meta.dirname, "wrangler.jsonc")];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, WRANGLER_SEND_METRICS: "false" } });
    expect(stdout).toContain("env.BILLING_LEDGER (BillingLedger)");
    const [, kilobytes] = /gzip: ([\d.]+) KiB/.exec(stdout) ?? [];
    expect(Number(kilobytes)).toBeLessThan(1000);
    expect(await readdir(out)).toContain("index.js");
  } finally {
    await rm(out, { recursive: true, force: true });
  }
});
