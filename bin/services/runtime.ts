/** Installs the library that runs models into the data folder: it is large, and only those who want it should have it. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { isInstalled } from "../../plugins/generator-llama/connect.ts";
import { withLock } from "../../plugins/models/pull/lock.ts";
import { npm } from "./npm.ts";

const VERSION = "3.21.1";

/** The compiled parts by platform: for the processor, and for GPUs. */
const PARTS: Readonly<Record<string, { readonly cpu: string; readonly gpu: readonly string[] }>> = {
  "linux-x64": { cpu: "linux-x64", gpu: ["linux-x64-cuda", "linux-x64-cuda-ext", "linux-x64-vulkan"] },
  "linux-arm64": { cpu: "linux-arm64", gpu: [] },
  "linux-arm": { cpu: "linux-armv7l", gpu: [] },
  "linux-riscv64": { cpu: "linux-riscv64", gpu: [] },
  "darwin-arm64": { cpu: "mac-arm64-metal", gpu: [] }, // Metal is in it
  "darwin-x64": { cpu: "mac-x64", gpu: [] },
  "win32-x64": { cpu: "win-x64", gpu: ["win-x64-cuda", "win-x64-cuda-ext", "win-x64-vulkan"] },
  "win32-arm64": { cpu: "win-arm64", gpu: [] },
};

/** The packages for a platform. @throws SynesisError RUNTIME_INSTALL_FAILED where there are none */
export function runtimePackages(platform: string, arch: string, gpu: boolean): string[] {
  const parts = PARTS[`${platform}-${arch}`];
  if (!parts)
    throw new SynesisError("RUNTIME_INSTALL_FAILED", `It does not exist for ${platform}-${arch}.`, {
      next: "Use a server instead: generator.kind = openai-compatible.",
    });
  const compiled = [parts.cpu, ...(gpu ? parts.gpu : [])].map((part) => `@node-llama-cpp/${part}`);
  return ["node-llama-cpp", ...compiled].map((name) => `${name}@${VERSION}`);
}

export interface InstalledRuntime {
  readonly folder: string;
  readonly packages: readonly string[];
}

/** Installs into a folder beside the right one, and moves it there when it is whole. */
export async function installRuntime(home: string, gpu: boolean, signal: AbortSignal): Promise<InstalledRuntime> {
  const packages = runtimePackages(process.platform, process.arch, gpu);
  const folder = join(home, "runtime");
  const staging = `${folder}.new`;
  await withLock(`${folder}.lock`, async () => {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true, mode: 0o700 });
    try {
      writeFileSync(join(staging, "package.json"), '{"private":true}\n');
      // scripts would fetch and compile; the compiled parts are named above instead of left to "optional"
      await npm(
        ["install", ...packages, "--omit=optional", "--ignore-scripts", "--save-exact", "--no-audit", "--no-fund"],
        staging,
        "RUNTIME_INSTALL_FAILED",
        signal,
      );
      if (!isInstalled(staging)) throw new SynesisError("RUNTIME_INSTALL_FAILED", "npm ended well, but the library is not there.");
      rmSync(folder, { recursive: true, force: true });
      renameSync(staging, folder);
    } finally {
      if (existsSync(staging)) rmSync(staging, { recursive: true, force: true });
    }
  });
  return { folder, packages };
}
