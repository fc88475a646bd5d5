/** How long to wait before each attempt to connect again. */
export interface BackoffPolicy {
  /** Before the second attempt, in ms; the first one comes at once. */
  readonly baseMs: number;
  /** At most, while an interruption is young: most end within a minute. */
  readonly quickMs: number;
  readonly quickAttempts: number;
  /** At most, later. */
  readonly slowMs: number;
}

export const DEFAULT_BACKOFF: BackoffPolicy = { baseMs: 100, quickMs: 500, quickAttempts: 100, slowMs: 30_000 };

/**
 * The wait before attempt `attempt` (from 1), in ms: it doubles up to a limit, and half of it is chance, so that the
 * devices of a gateway that was restarted do not all come back at one moment.
 *
 * @param random from 0 up to 1
 */
export function backoffMs(attempt: number, random: number, policy: BackoffPolicy): number {
  if (attempt <= 1) return 0;
  const late = attempt - policy.quickAttempts;
  const full =
    late <= 0 ? Math.min(policy.quickMs, policy.baseMs * 2 ** (attempt - 2)) : Math.min(policy.slowMs, policy.quickMs * 2 ** late);
  return full / 2 + (full / 2) * random;
}
