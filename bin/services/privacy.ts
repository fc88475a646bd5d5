/** From the user's settings to what the privacy plugin takes. */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import type { PrivacyOptions } from "../../plugins/privacy/index.ts";
import type { Pattern } from "../../plugins/privacy/patterns/pattern.ts";
import type { Config } from "./config.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** @throws SynesisError PATTERNS_INVALID, naming the setting or the file; then nothing is to be redacted at all. */
export async function privacyOptions(home: string, { privacy }: Config): Promise<PrivacyOptions> {
  const { actions, allow, expireAfterDays, keyStore } = privacy;
  return {
    home,
    policy: { actions, allow },
    patterns: await ownPatterns(home, privacy),
    keyStore,
    ...(expireAfterDays > 0 ? { expireAfterMs: expireAfterDays * DAY_MS } : {}),
  };
}

/** Tries whether redaction could start with these settings; gives the number of own patterns. @throws SynesisError if not */
export async function checkPrivacy(home: string, config: Config): Promise<number> {
  const [{ privacy }, options] = await Promise.all([import("../../plugins/privacy/index.ts"), privacyOptions(home, config)]);
  await privacy(options).close?.();
  return options.patterns?.length ?? 0;
}

/** The patterns in the settings, and those of the packs that are named there or lie in the data folder. */
async function ownPatterns(home: string, { patterns, packs }: Config["privacy"]): Promise<readonly Pattern[]> {
  const files = [...new Set([...packsIn(join(home, "patterns")), ...packs.map((path) => fromHome(home, path))])];
  if (files.length === 0 && patterns.length === 0) return [];
  const [{ definePatterns }, { readPack }, { VerifiedPatterns }] = await Promise.all([
    import("../../plugins/privacy/patterns/define.ts"),
    import("../../plugins/privacy/patterns/pack.ts"),
    import("../../plugins/privacy/patterns/verified.ts"),
  ]);
  const verified = new VerifiedPatterns(home);
  return [
    ...definePatterns(patterns as readonly Pattern[], { origin: "privacy.patterns", verified }),
    ...files.flatMap((file) => definePatterns(readPack(file), { origin: file, verified })),
  ];
}

/** Every pack in a folder; what does not end in .json (a README) is none. */
function packsIn(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("."));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as { code?: string }).code ?? "")) return [];
    throw new SynesisError("PATTERNS_INVALID", `${folder}: it cannot be read (${(error as { code?: string }).code ?? "unknown"}).`, {
      cause: error,
    });
  }
}

function fromHome(home: string, path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : resolve(home, path);
}
