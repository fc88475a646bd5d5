import { resolveOverlaps, type Span, SynesisError } from "../../kernel/index.ts";

/** Kinds that errors are about, and that say nothing alone: an address that does not answer has to be readable. */
const SHOWN = new Set(["URL", "IP_ADDRESS", "MAC_ADDRESS", "DATE", "AGE", "ZIP_CODE", "COORDINATES", "GROUP"]);

let loading: Promise<(text: string) => Span[]> | undefined;

/**
 * Text that nobody asked for (an error, a notice, a stack) with the kind in the place of every secret that a pattern
 * finds: it ends up in terminals, logs and bug reports. The patterns are loaded at the first call.
 */
export async function concealed(text: string): Promise<string> {
  loading ??= load();
  const scan = await loading;
  const spans = resolveOverlaps(
    text,
    scan(text).filter(({ type }) => !SHOWN.has(type)),
  );
  let shown = "";
  let from = 0;
  for (const { start, end, type } of spans) {
    shown += `${text.slice(from, start)}[${type}]`;
    from = end;
  }
  return shown + text.slice(from);
}

/**
 * Refuses a name that a pattern finds something in: names leave as they are.
 *
 * @param what it names, for the message
 * @throws SynesisError USAGE
 */
export async function assertNoSecret(what: string, name: string): Promise<void> {
  if ((await concealed(name)) === name) return;
  throw new SynesisError("USAGE", `The ${what} holds what looks like a secret, and would leave this machine as it is.`, {
    next: "Give it another name.",
  });
}

async function load(): Promise<(text: string) => Span[]> {
  const [{ createScanner }, { builtInPatterns }] = await Promise.all([
    import("../../plugins/privacy/scan/scanner.ts"),
    import("../../plugins/privacy/patterns/index.ts"),
  ]);
  return createScanner(builtInPatterns);
}
