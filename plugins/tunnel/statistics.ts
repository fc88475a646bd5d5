import { describeError } from "../../kernel/index.ts";
import type { LinkKind } from "./link/transport.ts";

type Counted = "answered" | "repeated" | "lost" | "reconnects";

/** A change of the kind of link. */
export interface Switch {
  readonly from: LinkKind;
  readonly to: LinkKind;
  readonly at: number;
  /** Why the first did not do; null for a return to what is preferred. */
  readonly because: string | null;
}

const KEPT = 20;
const SAMPLES = 256;

/** What the tunnel has done so far. */
export class Statistics {
  readonly counts: Record<Counted, number> = { answered: 0, repeated: 0, lost: 0, reconnects: 0 };
  /** The last changes of the kind of link, oldest first. */
  readonly switches: Switch[] = [];
  /** Bytes of links that have ended. */
  readonly traffic = { sent: 0, received: 0 };
  readonly #latencies: number[] = [];

  count(what: Counted): void {
    this.counts[what] += 1;
  }

  answered(ms: number): void {
    this.count("answered");
    this.#latencies.push(ms);
    if (this.#latencies.length > SAMPLES) this.#latencies.shift();
  }

  /** Of the last requests, in ms; null before the first. */
  get medianLatencyMs(): number | null {
    return [...this.#latencies].sort((a, b) => a - b)[this.#latencies.length >> 1] ?? null;
  }

  switched(from: LinkKind, to: LinkKind, because: unknown): void {
    this.switches.push({ from, to, at: Date.now(), because: because === undefined ? null : describeError(because) });
    if (this.switches.length > KEPT) this.switches.shift();
  }

  addTraffic({ sent, received }: { readonly sent: number; readonly received: number }): void {
    this.traffic.sent += sent;
    this.traffic.received += received;
  }
}
