import { SynesisError } from "../../kernel/index.ts";
import { openH2 } from "./link/h2.ts";
import { openHttps } from "./link/https.ts";
import { Link, type LinkOptions } from "./link/link.ts";
import { openQuic } from "./link/quic.ts";
import type { LinkKind, Target, Transport } from "./link/transport.ts";

const OPENERS: Readonly<Record<LinkKind, (target: Target, signal: AbortSignal) => Promise<Transport>>> = {
  quic: openQuic,
  h2: openH2,
  https: openHttps,
};

export interface DialOptions extends Omit<LinkOptions, "signal"> {
  /** How long the first kind has before the next is tried beside it, in ms. */
  readonly headStartMs: number;
  readonly timeoutMs: number;
}

export interface Dialled {
  readonly link: Link;
  /** Why kinds that were tried before did not come about; by kind. */
  readonly failures: ReadonlyMap<LinkKind, unknown>;
}

/**
 * Opens a link of the first kind that answers. The kinds start one after the other, each a head start after the one
 * before or as soon as that has failed; the first to answer wins, and the others are closed. A refused device is refused
 * on every kind.
 *
 * @throws SynesisError the most telling one, when no kind came about
 */
export async function dial(kinds: readonly LinkKind[], target: Target, options: DialOptions, signal: AbortSignal): Promise<Dialled> {
  const failures = new Map<LinkKind, unknown>();
  const won = new AbortController();
  const stop = AbortSignal.any([signal, won.signal, AbortSignal.timeout(options.timeoutMs)]);
  let previous = Promise.resolve();
  const attempts = kinds.map((kind) => {
    const started = previous;
    const attempt = started.then(() => open(kind, target, options, stop));
    previous = Promise.race([attempt.then(() => {}), started.then(() => pause(options.headStartMs, stop))]).catch(() => {});
    return attempt.catch((error) => {
      failures.set(kind, error);
      // the gateway has decided about this device: another way in would be a way around that
      if (error instanceof SynesisError && error.code === "TUNNEL_REFUSED") won.abort(error);
      throw error;
    });
  });
  try {
    const link = await Promise.any(attempts);
    closeLosers(attempts, link);
    return { link, failures };
  } catch {
    signal.throwIfAborted();
    throw mostTelling([...failures.values()]);
  } finally {
    won.abort(new SynesisError("TUNNEL_UNREACHABLE", "Another way was faster."));
  }
}

async function open(kind: LinkKind, target: Target, options: DialOptions, signal: AbortSignal): Promise<Link> {
  signal.throwIfAborted();
  return Link.open(await OPENERS[kind](target, signal), { ...options, signal });
}

function closeLosers(attempts: readonly Promise<Link>[], winner: Link): void {
  for (const attempt of attempts)
    attempt.then(
      (link) => link !== winner && link.close(),
      () => {},
    );
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/** A refusal says more than that nobody was reached. */
function mostTelling(errors: readonly unknown[]): SynesisError {
  const known = errors.filter((error) => error instanceof SynesisError);
  const timeout = errors.some((error) => (error as Error).name === "TimeoutError" || (error as Error).name === "AbortError");
  return (
    known.find(({ code }) => code !== "TUNNEL_UNREACHABLE") ??
    known[0] ??
    new SynesisError("TUNNEL_UNREACHABLE", timeout ? "Nobody answered in time." : undefined, { cause: errors[0] })
  );
}
