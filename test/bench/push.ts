/** A push, with its reading, its checksum and its verification, beside one plain request with the same bytes to the same Worker. */

import { randomBytes } from "node:crypto";
import { mkdtempSync, openAsBlob, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { adapterCloud } from "../../bin/services/cloud/adapters.ts";
import { signIn } from "../../cloud/local/sign-in.ts";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { CloudApi } from "../../plugins/account/index.ts";
import { pushFile } from "../../plugins/lora/push/push.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const PAIRS = 7;
const MIB = 1024 * 1024;
const WORKER = join(import.meta.dirname, "../../cloud/worker");

export async function benchPush(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-push-"));
  const cloud = await startLocalCloud({ configPath: writeConfig(folder) });
  try {
    const key = await signIn((path, init) => fetch(new URL(path, cloud.url), init), cloud.mail, "bench@example.com");
    return [await compare(cloud, key, folder, 16), await compare(cloud, key, folder, 64)];
  } finally {
    await cloud.close();
    rmSync(folder, { recursive: true });
  }
}

/** The Worker's own configuration, with an entry that takes plain uploads too. */
function writeConfig(folder: string): string {
  const config = readFileSync(join(WORKER, "wrangler.jsonc"), "utf8")
    .replace('"main": "index.ts"', `"main": ${JSON.stringify(join(WORKER, "measure/plain-upload.ts"))}`)
    .replace('"migrations_dir": "migrations"', `"migrations_dir": ${JSON.stringify(join(WORKER, "migrations"))}`);
  writeFileSync(join(folder, "wrangler.jsonc"), config);
  return join(folder, "wrangler.jsonc");
}

async function compare(cloud: LocalCloud, key: string, folder: string, mib: number): Promise<BenchRow> {
  const api = adapterCloud(new CloudApi({ url: cloud.url, key }));
  const signal = new AbortController().signal;
  const ratios: number[] = [];
  for (let i = 0; i <= PAIRS; i++) {
    const path = join(folder, `${mib}-${i}.gguf`);
    writeFileSync(path, Buffer.concat([Buffer.from("GGUF"), randomBytes(mib * MIB - 4)]));
    const plain = await timed(async () => {
      const answer = await fetch(new URL("/plain", cloud.url), { method: "PUT", body: await openAsBlob(path) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
    });
    const adapter = { name: `a${mib}`, baseModel: "none", kind: "gguf", rank: 1, config: null, force: true } as const;
    const pushed = await timed(() => pushFile({ path, adapter, cloud: api, notes: join(folder, "notes"), signal }));
    if (i > 0) ratios.push(plain / pushed); // the first warms up
    rmSync(path);
  }
  return { name: `push of ${mib} MiB, as speed`, peer: "one plain request", ratio: median(ratios), wanted: "at least 0.9" };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
