/** Which kind of link to take: QUIC first, HTTP/2 where QUIC fails, and QUIC again after a while. */
import type { LinkKind } from "./link/transport.ts";

export interface Preference {
  /** Failures of QUIC since it last held for long. */
  readonly failures: number;
  /** Until then QUIC is left alone; Unix time in ms. */
  readonly quicAgainAt: number;
}

export const FRESH: Preference = { failures: 0, quicAgainAt: 0 };

const LONGEST_MS = 600_000;
/** A QUIC link that held for so long is a good one, however it ended. */
const HELD_MS = 60_000;

/** QUIC could not be opened while another kind could: the first time it is left alone for `firstMs`, then twice as long. */
export function afterQuicFailed({ failures }: Preference, now: number, firstMs: number): Preference {
  return { failures: failures + 1, quicAgainAt: now + Math.min(LONGEST_MS, firstMs * 2 ** failures) };
}

/** A QUIC link ended without anybody closing it. Once is bad luck; again and again means that it does not carry. */
export function afterQuicBroke(preference: Preference, heldMs: number, now: number, firstMs: number): Preference {
  if (heldMs >= HELD_MS) return FRESH;
  return preference.failures < 2 ? { failures: preference.failures + 1, quicAgainAt: 0 } : afterQuicFailed(preference, now, firstMs);
}

/** The kinds to try, best first. */
export function kindsToTry(preference: Preference, allowed: readonly LinkKind[], now: number): LinkKind[] {
  const others = allowed.filter((kind) => kind !== "quic");
  if (!allowed.includes("quic") || (now < preference.quicAgainAt && others.length > 0)) return others;
  return ["quic", ...others];
}
