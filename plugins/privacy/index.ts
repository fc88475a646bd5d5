/**
 * The privacy proxy: finds what must not leave the machine, keeps the values behind tokens in an encrypted vault, and
 * gives them back in answers.
 */
import { definePlugin, type Plugin } from "../../kernel/index.ts";
import { loadNameDetector, NAME_TYPES } from "./names/detect.ts";
import { builtInPatterns } from "./patterns/index.ts";
import { createScanner } from "./scan/scanner.ts";
import { reinflate } from "./tokens/reinflate.ts";
import { SqliteTokenVault } from "./vault/vault.ts";

export interface PrivacyOptions {
  /** The data folder: `tokens.db` and `keys/tokens.key` lie in it. Neither is touched before a session is used. */
  readonly home: string;
}

export function privacy({ home }: PrivacyOptions): Plugin {
  const vault = new SqliteTokenVault(home);
  const scan = createScanner(builtInPatterns);
  return definePlugin({
    name: "privacy",
    api: 1,
    text: "raw",
    taps: ["preRedact", "reinflate"],
    provides: ["tokenVault"],
    tokenTypes: [...new Set([...builtInPatterns.map(({ type }) => type), ...NAME_TYPES])],
    setup(context) {
      context.provide("tokenVault", vault);
      context.tap("preRedact", (spans, raw) => [...spans, ...scan(raw)]);
      context.tap("preRedact", async (spans, raw) => [...spans, ...(await loadNameDetector())(raw)]);
      context.tap("reinflate", (text, session) => reinflate(text, vault.session(session)));
    },
    close: () => vault.close(),
  });
}
