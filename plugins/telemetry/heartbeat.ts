import { setTimeout as wait } from "node:timers/promises";
import type { InitOf, MessageOf } from "../../cloud/wire/messages.ts";
import { isStrained } from "./prewarm.ts";
import { type CpuTimes, readCpuTimes, readVitals, type VitalsSource } from "./vitals.ts";

/** What the heartbeat needs of the tunnel. */
export interface HeartbeatLink {
  request(name: "heartbeat", init: InitOf<"heartbeat">, options: { timeoutMs: number }): Promise<MessageOf<"heartbeatAck">>;
  send(name: "prewarmSignal", init: InitOf<"prewarmSignal">): void;
  readonly isConnected: boolean;
  /** Round trip of an acknowledged heartbeat in ms; undefined when no acknowledgement came. */
  heard(latencyMs: number | undefined): void;
  /** Opens the link anew. */
  renew(): void;
}

export interface HeartbeatOptions {
  readonly link: HeartbeatLink;
  readonly deviceId: string;
  readonly intervalMs: number;
  /** Undefined where the user does not share how busy the machine is: then only the sign of life is sent. */
  readonly vitals: VitalsSource | undefined;
  /** What the cloud is to have ready when the GPU is strained: that which this process asks it with. */
  readonly wanted: () => Promise<Wanted | undefined>;
}

export interface Wanted {
  readonly projectId?: string;
  readonly loraId?: string;
}

export interface HeartbeatCounts {
  readonly sent: number;
  readonly acknowledged: number;
  readonly missed: number;
  readonly prewarmed: number;
  readonly lastRoundTripMs: number | null;
}

/** After so many heartbeats in a row without an acknowledgement the link is opened anew. */
const MISSED_LIMIT = 3;

/** Tells the cloud now and then that this device is there. A failure is counted, and never ends anything. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  #times: CpuTimes = readCpuTimes();
  #sequence = 0n;
  #missedInARow = 0;
  #strained = false;
  #counts: HeartbeatCounts = { sent: 0, acknowledged: 0, missed: 0, prewarmed: 0, lastRoundTripMs: null };

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  get counts(): HeartbeatCounts {
    return this.#counts;
  }

  /** Beats until the signal is aborted. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#options.link.isConnected) await this.beat();
      await wait(this.#options.intervalMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  /** One heartbeat. Gives its round trip in ms, or undefined when it was not acknowledged. */
  async beat(): Promise<number | undefined> {
    const { link, deviceId, intervalMs } = this.#options;
    const vitals = await this.#readVitals();
    this.#sequence += 1n;
    const started = performance.now();
    const heartbeat = {
      deviceId,
      sequence: this.#sequence,
      sentUnixMs: BigInt(Date.now()),
      lastRoundTripMs: this.#counts.lastRoundTripMs ?? 0,
      ...(vitals && { vitals }),
    };
    const ack = await link.request("heartbeat", heartbeat, { timeoutMs: Math.min(intervalMs, 10_000) }).catch(() => undefined);
    const took = ack?.sequence === heartbeat.sequence ? performance.now() - started : undefined;
    this.#note(took);
    return took;
  }

  async #readVitals() {
    const { vitals: source } = this.#options;
    if (!source) return undefined;
    const vitals = await readVitals(source, this.#times);
    this.#times = readCpuTimes();
    const { gpuUsage, gpuTempCelsius } = vitals;
    await this.#prewarm(gpuUsage === undefined || gpuTempCelsius === undefined ? undefined : { usage: gpuUsage, celsius: gpuTempCelsius });
    return vitals;
  }

  /** Once, when the strain begins. */
  async #prewarm(gpu: Parameters<typeof isStrained>[1]): Promise<void> {
    const before = this.#strained;
    this.#strained = isStrained(before, gpu);
    if (!this.#strained || before) return;
    const wanted = await this.#options.wanted().catch(() => undefined);
    if (!wanted) return;
    this.#options.link.send("prewarmSignal", { ...wanted, sentUnixMs: BigInt(Date.now()) });
    this.#counts = { ...this.#counts, prewarmed: this.#counts.prewarmed + 1 };
  }

  #note(took: number | undefined): void {
    const { sent, acknowledged, missed } = this.#counts;
    this.#options.link.heard(took);
    this.#missedInARow = took === undefined ? this.#missedInARow + 1 : 0;
    this.#counts =
      took === undefined
        ? { ...this.#counts, sent: sent + 1, missed: missed + 1 }
        : { ...this.#counts, sent: sent + 1, acknowledged: acknowledged + 1, lastRoundTripMs: took };
    if (this.#missedInARow < MISSED_LIMIT) return;
    this.#missedInARow = 0;
    this.#options.link.renew();
  }
}
