/**
 * The privacy proxy: finds what must not leave the machine, keeps the values behind tokens in an encrypted vault, and
 * gives them back in answers.
 */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { loadNameDetector, NAME_TYPES } from "./names/detect.ts";
import { definePatterns } from "./patterns/define.ts";
import { builtInPatterns } from "./patterns/index.ts";
import type { Pattern } from "./patterns/pattern.ts";
import { applyPolicy, maskingVault, type PrivacyPolicy } from "./policy/policy.ts";
import { createScanner, type Scanner } from "./scan/scanner.ts";
import { reinflate } from "./tokens/reinflate.ts";
import { SqliteTokenVault } from "./vault/vault.ts";

export interface PrivacyOptions {
  /** The data folder: `tokens.db` and `keys/tokens.key` lie in it. Neither is touched before a session is used. */
  readonly home: string;
  readonly policy?: PrivacyPolicy;
  /** Patterns besides the built-in ones: the user's own, and those of pattern plugins. */
  readonly patterns?: readonly Pattern[];
  /** Sessions that were not used for so long are forgotten, in milliseconds; kept when absent. */
  readonly expireAfterMs?: number;
}

/** @throws SynesisError PLUGIN_INVALID when a given pattern does not hold what it promises. */
export function privacy({ home, policy = {}, patterns = [], expireAfterMs }: PrivacyOptions): Plugin {
  const vault = new SqliteTokenVault(home, expireAfterMs === undefined ? {} : { expireAfterMs });
  const known = maskingVault(vault, policy);
  const all = [...builtInPatterns, ...definePatterns(patterns)];
  let scan: Scanner | undefined; // compiled when first needed: it takes a moment that other commands need not wait for
  return definePlugin({
    name: "privacy",
    api: 1,
    text: "raw",
    taps: ["preRedact", "reinflate"],
    provides: ["tokenVault"],
    tokenTypes: [...new Set([...all.map(({ type }) => type), ...NAME_TYPES])],
    setup(context) {
      context.provide("tokenVault", known);
      context.tap("preRedact", async (spans, raw) => {
        const names = await loadNameDetector();
        scan ??= createScanner(all);
        return [...spans, ...applyPolicy(raw, [...scan(raw), ...names(raw)], policy)];
      });
      context.tap("reinflate", (text, session) => reinflate(text, known.session(session)));
    },
    close: () => vault.close(),
  });
}
