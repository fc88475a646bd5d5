/** Which kind of link to take: the best first, the next where that fails, and the best again after a while. */
import type { LinkKind } from "./link/transport.ts";

export interface Preference {
  /** Failures of the best kind since it last held for long. */
  readonly failures: number;
  /** Until then QUIC is left alone, and on a link of another kind no better one is tried; Unix time in ms. */
  readonly againAt: number;
}

export const FRESH: Preference = { failures: 0, againAt: 0 };

const LONGEST_MS = 600_000;
/** A QUIC link that held for so long is a good one, however it ended. */
const HELD_MS = 60_000;

/** The best kind could not be opened while another could: the first time it is left alone for `firstMs`, then twice as long. */
export function afterFailure({ failures }: Preference, now: number, firstMs: number): Preference {
  return { failures: failures + 1, againAt: now + Math.min(LONGEST_MS, firstMs * 2 ** failures) };
}

/** A QUIC link ended without anybody closing it. Once is bad luck; again and again means that it does not carry. */
export function afterBreak(preference: Preference, heldMs: number, now: number, firstMs: number): Preference {
  if (heldMs >= HELD_MS) return FRESH;
  return preference.failures < 2 ? { failures: preference.failures + 1, againAt: 0 } : afterFailure(preference, now, firstMs);
}

/** The kinds to try, best first. */
export function kindsToTry(preference: Preference, allowed: readonly LinkKind[], now: number): LinkKind[] {
  const others = allowed.filter((kind) => kind !== "quic");
  if (!allowed.includes("quic") || (now < preference.againAt && others.length > 0)) return others;
  return ["quic", ...others];
}

/** The kinds to go back to from one that is in use, best first. */
export function betterThan(kind: LinkKind, allowed: readonly LinkKind[]): readonly LinkKind[] {
  return allowed.slice(0, Math.max(0, allowed.indexOf(kind)));
}
