/**
 * A push, with its reading, its checksum and its verification, beside one plain request with the same bytes to the same
 * Worker: both over HTTPS, on loopback as it is, and over a way of 5 MB/s with 30 ms there and back.
 */

import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, openAsBlob, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { adapterCloud } from "../../bin/services/cloud/adapters.ts";
import { prepareDevelopment } from "../../cloud/gateway/development.ts";
import { signIn } from "../../cloud/local/sign-in.ts";
import { startLocalCloud } from "../../cloud/local/start.ts";
import { CloudApi } from "../../plugins/account/index.ts";
import { pushFile } from "../../plugins/lora/push/push.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const PAIRS = 5;
const MIB = 1024 * 1024;
const LINK = join(import.meta.dirname, "link.process.ts");
const WAYS = [
  { name: "on loopback", limits: [], sizes: [16, 64] },
  { name: "at 5 MB/s", limits: ["5000", "15"], sizes: [16] },
];
const WORKER = join(import.meta.dirname, "../../cloud/worker");

export async function benchPush(): Promise<BenchRow[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-push-"));
  const cloud = await startLocalCloud({ configPath: writeConfig(folder) });
  try {
    const key = await signIn((path, init) => fetch(new URL(path, cloud.url), init), cloud.mail, "bench@example.com");
    const { key: tlsKey, cert, caCert } = await prepareDevelopment(join(folder, "keys"));
    setDefaultCACertificates([...getCACertificates(), readFileSync(caCert, "utf8")]);
    const rows: BenchRow[] = [];
    for (const { name, limits, sizes } of WAYS) {
      const link = fork(LINK, [tlsKey, cert, new URL(cloud.url).port, ...limits], { silent: true });
      const [port] = (await once(link.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
      const url = `https://localhost:${String(port).trim()}`;
      for (const mib of sizes) rows.push(await compare(url, key, folder, { mib, name }));
      link.kill();
    }
    return rows;
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

async function compare(
  url: string,
  key: string,
  folder: string,
  { mib, name }: { readonly mib: number; readonly name: string },
): Promise<BenchRow> {
  const api = adapterCloud(new CloudApi({ url, key }));
  const signal = new AbortController().signal;
  const ratios: number[] = [];
  for (let i = 0; i <= PAIRS; i++) {
    const path = join(folder, `${mib}-${i}.gguf`);
    writeFileSync(path, Buffer.concat([Buffer.from("GGUF"), randomBytes(mib * MIB - 4)]));
    const plain = await timed(async () => {
      const answer = await fetch(new URL("/plain", url), { method: "PUT", body: await openAsBlob(path) });
      if (!answer.ok) throw new Error(`status ${answer.status}`);
    });
    const adapter = { name: `a${mib}`, baseModel: "none", kind: "gguf", rank: 1, config: null, force: true } as const;
    const pushed = await timed(() => pushFile({ path, adapter, cloud: api, notes: join(folder, "notes"), signal }));
    if (i > 0) ratios.push(plain / pushed); // the first warms up
    rmSync(path);
  }
  return {
    name: `push of ${mib} MiB over HTTPS ${name}, as speed`,
    peer: "one plain request",
    ratio: median(ratios),
    wanted: "at least 0.9",
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}
