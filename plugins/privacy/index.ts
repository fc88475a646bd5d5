/**
 * The privacy proxy: finds what must not leave the machine, keeps the values behind tokens in an encrypted vault, and
 * gives them back in answers.
 */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { workerUrl } from "../../pipeline/worker-url.ts";
import { LargeTexts } from "./large/large-texts.ts";
import { loadNameDetector, NAME_TYPES } from "./names/detect.ts";
import { SessionNames } from "./names/session-names.ts";
import { createAllPatternsScanner } from "./patterns/all-patterns-scanner.ts";
import { definePatterns } from "./patterns/define.ts";
import { builtInPatterns } from "./patterns/index.ts";
import type { Pattern } from "./patterns/pattern.ts";
import { VerifiedPatterns } from "./patterns/verified.ts";
import { applyPolicy, assertKnownTypes, maskingVault, type PrivacyPolicy } from "./policy/policy.ts";
import type { Scanner } from "./scan/scanner.ts";
import { reinflate } from "./tokens/reinflate.ts";
import type { KeyPreference } from "./vault/keys.ts";
import { MemoryTokenVault } from "./vault/memory-vault.ts";
import { SqliteTokenVault } from "./vault/vault.ts";

/** The module that classifies texts in threads, for whoever reads files there: a URL. */
export function classifierModule(): string {
  return workerUrl("classify", import.meta.url).href;
}

export interface PrivacyOptions {
  /** The data folder: `tokens.db` and `keys/tokens.key` lie in it. Neither is touched before a session is used. */
  readonly home: string;
  readonly policy?: PrivacyPolicy;
  /** Patterns besides the built-in ones: the user's own, and those of pattern plugins. */
  readonly patterns?: readonly Pattern[];
  /** Sessions that were not used for so long are forgotten, in milliseconds; kept when absent. */
  readonly expireAfterMs?: number;
  /** Where the key of a new vault goes; "file" when absent. */
  readonly keyStore?: KeyPreference;
  /** Tokens are kept for the life of the process only, and the token vault is not opened: for looking, not for sending. */
  readonly keepNothing?: boolean;
}

/** Whoever adds a pattern means it: where a name is found in the same place, the pattern is right. */
const ADDED_PRIORITY = 20;

/**
 * @throws SynesisError PATTERNS_INVALID when a given pattern does not hold what it promises, CONFIG_INVALID when the
 * policy names a type that nothing finds.
 */
export function privacy({
  home,
  policy = {},
  patterns = [],
  expireAfterMs,
  keyStore = "file",
  keepNothing = false,
}: PrivacyOptions): Plugin {
  const kept = { keyStore, ...(expireAfterMs === undefined ? {} : { expireAfterMs }) };
  const vault = keepNothing ? new MemoryTokenVault() : new SqliteTokenVault(home, kept);
  const known = maskingVault(vault, policy);
  const own = definePatterns(patterns, { verified: new VerifiedPatterns(home) }).map((pattern) => ({
    priority: ADDED_PRIORITY,
    ...pattern,
  }));
  const tokenTypes = [...new Set([...[...builtInPatterns, ...own].map(({ type }) => type), ...NAME_TYPES])];
  assertKnownTypes(policy, tokenTypes);
  const large = new LargeTexts(own);
  const people = new SessionNames(vault);
  let scan: Scanner | undefined; // compiled when first needed: it takes a moment that other commands need not wait for
  return definePlugin({
    name: "privacy",
    api: 1,
    text: "raw",
    taps: ["preRedact", "reinflate"],
    provides: ["tokenVault"],
    tokenTypes,
    setup(context) {
      context.provide("tokenVault", known);
      context.tap("preRedact", async (spans, raw, { signal, session }) => {
        const names = await loadNameDetector();
        const known = session === undefined ? names.newKnownNames() : people.of(session, names.newKnownNames);
        if (LargeTexts.isLarge(raw)) {
          const found = await large.detect(raw, known.all, signal);
          for (const { type, start, end } of found) if (type === "PERSON") known.add(raw.slice(start, end));
          return [...spans, ...applyPolicy(raw, found, policy)];
        }
        scan ??= createAllPatternsScanner(own);
        return [...spans, ...applyPolicy(raw, [...scan(raw), ...names(raw, known)], policy)];
      });
      context.tap("reinflate", (text, session) => reinflate(text, known.session(session)));
    },
    async close() {
      await large.close();
      vault.close();
    },
  });
}
