import { EventEmitter } from "node:events";
import { setImmediate as immediate, setTimeout as wait } from "node:timers/promises";
import { decodeMessage, type InitOf, type MessageOf } from "../../cloud/wire/messages.ts";
import { REQUESTS, type RequestName } from "../../cloud/wire/requests.ts";
import { describeError, SynesisError } from "../../kernel/index.ts";
import { BulkLink } from "./bulk.ts";
import { type DialOptions, dial } from "./dial.ts";
import { type Link, LinkBroken } from "./link/link.ts";
import { CloudRefusal } from "./link/refusal.ts";
import type { LinkKind, Target } from "./link/transport.ts";
import { afterBreak, afterFailure, betterThan, FRESH, kindsToTry } from "./preference.ts";
import { framesOf } from "./request-frames.ts";
import { nextState, type TunnelEvent, type TunnelPolicy, type TunnelState } from "./state.ts";
import { Statistics } from "./statistics.ts";

export interface TunnelOptions extends DialOptions {
  readonly target: () => Promise<Target>;
  /** The kinds that may be used, best first. */
  readonly links: readonly LinkKind[];
  readonly policy: TunnelPolicy;
  /** How long a better kind is left alone after it failed for the first time, in ms; then twice as long, and so on. */
  readonly againMs: number;
  /** A request of more bytes goes over HTTP/2 beside a QUIC link. */
  readonly bulkBytes: number;
  /** For requests that say nothing else, in ms. */
  readonly requestTimeoutMs: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  /** Makes a request that has effects safe to send again: the cloud does requests of one key once. */
  readonly idempotencyKey?: string;
  /** Told of the exact bytes of the request before they are sent for the first time; when it throws, they are not. */
  readonly beforeSending?: (bytes: Uint8Array) => void;
}

/** How often a request is sent again after breaks; each time a link has been opened anew. */
const MAX_REPEATS = 20;
/** So long a request is sent again that the gateway cannot pass on: a Worker that is started anew is there by then; ms. */
const REFUSED_MS = 10_000;

/** One connection to the cloud that is there, comes back when it breaks, and says how it is. */
export class Tunnel extends EventEmitter<{ state: [TunnelState] }> {
  readonly #options: TunnelOptions;
  readonly statistics = new Statistics();
  readonly #bulk: BulkLink;
  #state: TunnelState = { kind: "disconnected" };
  #link: Link | undefined;
  #preference = FRESH;
  /** Ends everything that belongs to the present connection. */
  #stop = new AbortController();

  constructor(options: TunnelOptions) {
    super();
    this.#options = options;
    this.#bulk = new BulkLink(async (signal) => (await dial(["h2"], await options.target(), options, signal)).link);
  }

  get state(): TunnelState {
    return this.#state;
  }

  get isConnected(): boolean {
    return this.#state.kind === "connected";
  }

  /** Resolves when the tunnel is up. @throws SynesisError when it gives up */
  async connect(): Promise<void> {
    const before = this.#state;
    this.#dispatch({ type: "connect", now: Date.now() });
    if (this.#state !== before) {
      this.#stop = new AbortController();
      void this.#keepUp(this.#stop.signal);
    }
    await this.#connected(this.#stop.signal);
  }

  /** Lets open streams finish, for `graceMs` at most. */
  async disconnect(graceMs = 5_000): Promise<void> {
    const link = this.#link;
    this.#link = undefined;
    this.#dispatch({ type: "disconnect" });
    this.#stop.abort(new SynesisError("TUNNEL_CLOSED"));
    await Promise.all([link?.drain(graceMs), this.#bulk.close(graceMs)]);
  }

  /** Asks, and waits for the answer. @throws SynesisError TUNNEL_*, ESCALATION_FAILED, QUEUE_FULL; the signal's reason */
  async request<N extends RequestName>(
    name: N,
    init: InitOf<N>,
    options: RequestOptions = {},
  ): Promise<MessageOf<(typeof REQUESTS)[N]["answer"]>> {
    const bytes = framesOf(name, init, options);
    options.beforeSending?.(bytes);
    const started = performance.now();
    const frame = await this.#withLink(name, bytes, options, (link, signal) => link.request(bytes, signal));
    this.statistics.answered(performance.now() - started);
    return decodeMessage(REQUESTS[name].answer, frame) as MessageOf<(typeof REQUESTS)[N]["answer"]>;
  }

  /** Tells, and does not wait. What becomes of it is counted in the statistics, and nothing is thrown. */
  send<N extends RequestName>(name: N, init: InitOf<N>, options: RequestOptions = {}): void {
    this.request(name, init, options).catch(() => this.statistics.count("lost"));
  }

  /** Asks for an answer in pieces. Once the first piece has come, a break is an error: the rest cannot be asked for. */
  async *openStream(init: InitOf<"escalationRequest">, options: RequestOptions = {}): AsyncGenerator<MessageOf<"streamChunk">> {
    const name = "escalationRequest";
    const bytes = framesOf(name, { ...(init as object), stream: true } as InitOf<typeof name>, options);
    options.beforeSending?.(bytes);
    const { frames, first } = await this.#withLink(name, bytes, options, async (link, signal) => {
      const frames = link.stream(bytes, signal);
      return { frames, first: await frames.next() };
    });
    try {
      if (!first.done) yield decodeMessage("streamChunk", first.value);
      for await (const frame of frames) yield decodeMessage("streamChunk", frame);
    } catch (error) {
      throw asError(error, name, false);
    }
  }

  /** What the heartbeat learned. */
  heard(latencyMs: number | undefined): void {
    this.#dispatch(latencyMs === undefined ? { type: "missed" } : { type: "acknowledged", latencyMs });
  }

  /** Opens the link anew, for instance when the machine's address has changed. */
  renew(): void {
    this.#link?.close();
  }

  traffic(): { sent: number; received: number; open: number; queued: number } {
    const now = this.#link;
    const { sent, received } = now?.traffic() ?? { sent: 0, received: 0 };
    const before = this.statistics.traffic;
    return { sent: sent + before.sent, received: received + before.received, ...(now?.streams ?? { open: 0, queued: 0 }) };
  }

  async #withLink<T>(
    name: RequestName,
    bytes: Uint8Array,
    options: RequestOptions,
    work: (link: Link, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const late = new SynesisError("TUNNEL_TIMEOUT");
    const timer = new AbortController();
    const timeout = setTimeout(() => timer.abort(late), options.timeoutMs ?? this.#options.requestTimeoutMs);
    const signal = options.signal ? AbortSignal.any([timer.signal, options.signal]) : timer.signal;
    const repeatable = REQUESTS[name].repeatable || options.idempotencyKey !== undefined;
    let refusedAt: number | undefined;
    try {
      for (let repeats = 0; ; repeats += 1) {
        try {
          return await work(await this.#linkFor(bytes, signal), signal);
        } catch (error) {
          refusedAt = error instanceof CloudRefusal ? (refusedAt ?? performance.now()) : undefined;
          const insists = repeats < MAX_REPEATS && (refusedAt === undefined || performance.now() - refusedAt < REFUSED_MS);
          if (!insists || !mayRepeat(error, repeatable)) throw asError(error, name, repeatable);
          this.statistics.count("repeated");
          // The tunnel learns in the same turn of the event loop that its link has ended.
          await immediate();
          if (error instanceof CloudRefusal) await wait(Math.max(50, error.told.retryAfterMs) * (1 + repeats), undefined, { signal });
        }
      }
    } catch (error) {
      throw signal.aborted ? signal.reason : error;
    } finally {
      clearTimeout(timeout);
    }
  }

  async #linkFor(bytes: Uint8Array, signal: AbortSignal): Promise<Link> {
    const link = await this.#connected(signal);
    if (link.kind !== "quic" || bytes.length <= this.#options.bulkBytes || !this.#options.links.includes("h2")) return link;
    return (await this.#bulk.get(signal)) ?? link;
  }

  /** The present link, or the next one. */
  #connected(signal: AbortSignal): Promise<Link> {
    if (this.#link) return Promise.resolve(this.#link);
    return new Promise((resolve, reject) => {
      const settle = () => {
        const state = this.#state;
        if (state.kind === "failed") finish(() => reject(state.error));
        else if (state.kind === "disconnected") finish(() => reject(new SynesisError("TUNNEL_CLOSED")));
        else if (this.#link) finish(resolve.bind(undefined, this.#link));
      };
      const onAbort = () => finish(() => reject(signal.reason));
      const finish = (act: () => void) => {
        this.off("state", settle);
        signal.removeEventListener("abort", onAbort);
        act();
      };
      this.on("state", settle).setMaxListeners(0);
      signal.addEventListener("abort", onAbort);
      if (signal.aborted) onAbort();
      else settle();
    });
  }

  /** Opens links, one after the other, until the tunnel is closed or gives up. */
  async #keepUp(stop: AbortSignal): Promise<void> {
    while (!stop.aborted && this.#state.kind !== "failed") {
      try {
        const state = this.#state;
        if (state.kind === "reconnecting") await wait(Math.max(0, state.retryAt - Date.now()), undefined, { signal: stop });
        await this.#hold(await this.#open(stop), stop);
      } catch (error) {
        if (stop.aborted) return;
        const known =
          error instanceof SynesisError ? error : new SynesisError("TUNNEL_UNREACHABLE", `(${describeError(error)})`, { cause: error });
        this.#dispatch({ type: "broke", now: Date.now(), error: known, random: Math.random() });
      }
    }
  }

  async #open(stop: AbortSignal): Promise<Link> {
    const kinds = kindsToTry(this.#preference, this.#options.links, Date.now());
    const { link, failures } = await dial(kinds, await this.#options.target(), this.#options, stop);
    const [first] = kinds;
    if (first && link.kind !== first) this.statistics.switched(first, link.kind, failures.get(first));
    this.#note(kinds, link.kind);
    return link;
  }

  /** What the kinds that were tried, and the one that came about, say of the best one. */
  #note([first]: readonly LinkKind[], opened: LinkKind | undefined): void {
    if (first !== this.#options.links[0] || opened === first) return;
    this.#preference = afterFailure(this.#preference, Date.now(), this.#options.againMs);
  }

  /** Uses a link until it ends, or until one of a better kind works again. */
  async #hold(first: Link, stop: AbortSignal): Promise<never> {
    for (let link = first; ; ) {
      const opened = Date.now();
      this.#use(link);
      const better = new AbortController();
      const returned = this.#openBetter(link.kind, AbortSignal.any([stop, better.signal]));
      const next = await Promise.race([link.ended, returned]);
      better.abort();
      this.statistics.addTraffic(link.traffic());
      if ("reason" in next) {
        this.#link = undefined;
        void returned.then((late) => late.close());
        if (stop.aborted) throw new SynesisError("TUNNEL_CLOSED");
        if (link.kind === "quic" && next.reason !== "closed")
          this.#preference = afterBreak(this.#preference, Date.now() - opened, Date.now(), this.#options.againMs);
        this.statistics.count("reconnects");
        throw new SynesisError(next.reason === "refused" ? "TUNNEL_REFUSED" : "TUNNEL_UNREACHABLE", `(${link.kind}: ${next.detail})`);
      }
      this.statistics.switched(link.kind, next.kind, undefined);
      void link.drain(this.#options.requestTimeoutMs);
      link = next;
    }
  }

  #use(link: Link): void {
    this.#link = link;
    this.#dispatch({ type: "connected", now: Date.now(), link: link.kind, latencyMs: link.latencyMs });
  }

  /** Opens a link of a kind that is better than the present one, as soon as that works; never resolves where there is none. */
  async #openBetter(kind: LinkKind, signal: AbortSignal): Promise<Link> {
    const kinds = betterThan(kind, this.#options.links);
    while (kinds.length > 0 && !signal.aborted) {
      try {
        await wait(Math.max(0, this.#preference.againAt - Date.now()), undefined, { signal, ref: false });
        const { link } = await dial(kinds, await this.#options.target(), this.#options, signal);
        if (!signal.aborted) {
          if (link.kind === kinds[0]) this.#preference = FRESH;
          else this.#note(kinds, link.kind);
          return link;
        }
        link.close();
      } catch {
        if (!signal.aborted) this.#note(kinds, undefined);
      }
    }
    return new Promise(() => {});
  }

  #dispatch(event: TunnelEvent): void {
    const next = nextState(this.#state, event, this.#options.policy);
    if (next === this.#state) return;
    this.#state = next;
    this.emit("state", next);
  }
}

function mayRepeat(error: unknown, repeatable: boolean): boolean {
  if (error instanceof LinkBroken) return repeatable || !error.sent;
  return error instanceof CloudRefusal && error.mayWorkLater;
}

function asError(error: unknown, name: RequestName, repeatable: boolean): unknown {
  if (error instanceof CloudRefusal) return error.asError(name);
  if (error instanceof LinkBroken)
    return new SynesisError(repeatable || !error.sent ? "TUNNEL_UNREACHABLE" : "TUNNEL_INTERRUPTED", undefined, { cause: error });
  return error;
}
