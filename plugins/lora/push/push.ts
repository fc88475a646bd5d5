/**
 * Brings an adapter's file to the cloud: in parts, several at a time, going on where an earlier push stopped. The cloud
 * knows which parts it has; what is kept here is only the file's checksum.
 */
import { statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { SynesisError } from "../../../kernel/index.ts";
import { Checksums, stampOf } from "./checksum.ts";
import type { AdapterCloud, Announcement, UploadState } from "./cloud.ts";
import { Packing } from "./packing.ts";

export interface PushRequest<Kept> {
  readonly path: string;
  /** What is announced, but for what is found here. */
  readonly adapter: Omit<Announcement, "sizeBytes" | "sha256">;
  readonly cloud: AdapterCloud<Kept>;
  /** Where notes of checksums are kept. */
  readonly notes: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: PushProgress) => void;
  /** For tests: the pause before another attempt, in ms; it doubles. */
  readonly retryMs?: number;
}

export interface PushProgress {
  readonly phase: "reading" | "sending" | "verifying";
  /** Bytes of the file. */
  readonly done: number;
  readonly total: number;
}

export interface Pushed<Kept> {
  /** What the cloud says of it. */
  readonly kept: Kept;
  /** Whether it was there before. */
  readonly known: boolean;
  readonly sha256: string;
  /** Bytes of the file that an earlier push had brought, and bytes that left now. */
  readonly before: number;
  readonly sent: number;
}

/** Parts under way at a time. */
const IN_FLIGHT = 4;
/** Attempts without any part arriving between them; the pauses come to some minutes. */
const ATTEMPTS = 8;
/** Attempts where the cloud was not reached even once: an address with a slip of the pen, a machine without a network. */
const FIRST_ATTEMPTS = 3;
const LONGEST_PAUSE_MS = 60_000;
/** How often completing is tried while another completes, or parts turn out to be missing. */
const ROUNDS = 200;
const PASSING = new Set(["CLOUD_UNREACHABLE", "CLOUD_TIMEOUT", "CLOUD_BUSY", "CLOUD_FAILED", "TUNNEL_INTERRUPTED"]);

/** @throws SynesisError LORA_CHANGED, CLOUD_*; the signal's reason */
export async function pushFile<Kept>(request: PushRequest<Kept>): Promise<Pushed<Kept>> {
  const file = await open(request.path, "r");
  try {
    const stat = await file.stat();
    const stamp = stampOf(stat);
    const checksums = new Checksums(request.notes);
    let done = 0;
    const sha256 = await checksums.of(request.path, stamp, request.signal, (count) => {
      done += count;
      request.onProgress?.({ phase: "reading", done, total: stat.size });
    });
    const changed = () => stampOf(statSync(request.path)) !== stamp;
    try {
      return await new Push<Kept>(request, { file, changed, announced: { ...request.adapter, sizeBytes: stat.size, sha256 } }).run();
    } catch (error) {
      if (error instanceof SynesisError && error.code === "LORA_CHANGED") checksums.forget(request.path);
      throw error;
    }
  } finally {
    await file.close();
  }
}

interface Source {
  readonly file: FileHandle;
  /** Whether it is another file by now. */
  readonly changed: () => boolean;
  readonly announced: Announcement;
}

class Push<Kept> {
  readonly #request: PushRequest<Kept>;
  readonly #source: Source;
  #reached = false;
  #done = 0;
  #sent = 0;

  constructor(request: PushRequest<Kept>, source: Source) {
    this.#request = request;
    this.#source = source;
  }

  async run(): Promise<Pushed<Kept>> {
    const { cloud, signal } = this.#request;
    const { announced, file } = this.#source;
    const begin = () => this.#persist(() => cloud.begin(announced, signal));
    const [begun, packing] = await Promise.all([begin(), Packing.sample(file, announced.sizeBytes)]);
    let state = begun;
    const before = bytesOf(state, announced.sizeBytes);
    for (let round = 0; round < ROUNDS; round++) {
      if (state.state === "ready") return this.#pushed(await this.#describe(state.id), round === 0, before);
      if (state.state === "uploading") await this.#sendMissing(state, packing);
      await this.#assertSame(state.id);
      const { id } = state;
      this.#tell("verifying");
      const kept = await this.#persist(() => cloud.complete(id, signal));
      if (kept !== undefined) return this.#pushed(kept, false, before);
      await pause(this.#request.retryMs ?? 1000, signal);
      state = await begin();
    }
    throw new SynesisError("CLOUD_TIMEOUT", "(the upload is not completed)");
  }

  /** The first fault that lasts stops the others. */
  async #sendMissing(state: UploadState, packing: Packing): Promise<void> {
    const there = new Set(state.received);
    const queue = Array.from({ length: state.parts }, (_, i) => i + 1).filter((number) => !there.has(number));
    this.#done = bytesOf(state, this.#source.announced.sizeBytes);
    const stop = new AbortController();
    const signal = AbortSignal.any([this.#request.signal, stop.signal]);
    const work = async () => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) await this.#sendPart(state, number, packing, signal);
    };
    const stopping = (error: unknown) => {
      stop.abort(error);
      throw error;
    };
    await Promise.allSettled(Array.from({ length: IN_FLIGHT }, () => work().catch(stopping)));
    signal.throwIfAborted();
  }

  async #sendPart({ id, partBytes }: UploadState, number: number, packing: Packing, signal: AbortSignal): Promise<void> {
    const at = (number - 1) * partBytes;
    const length = Math.min(partBytes, this.#source.announced.sizeBytes - at);
    const { buffer, bytesRead } = await this.#source.file.read(Buffer.allocUnsafe(length), { position: at });
    if (bytesRead < length) return this.#assertSame(id);
    const { bytes, packed } = await packing.pack(buffer);
    const begun = performance.now();
    await this.#persist(() => this.#request.cloud.putPart(id, number, bytes, packed, signal), signal);
    // what one of several takes that share the way is several times what it would take alone
    packing.sent(bytes.length, (performance.now() - begun) / IN_FLIGHT);
    this.#sent += bytes.length;
    this.#done += length;
    this.#tell("sending");
  }

  /** @throws SynesisError LORA_CHANGED, after what was sent is discarded */
  async #assertSame(id: string): Promise<void> {
    if (!this.#source.changed()) return;
    await this.#request.cloud.discard(id).catch(() => {}); // its checksum would be wrong anyway
    throw new SynesisError("LORA_CHANGED");
  }

  /** Goes through faults that pass: a network that is away for some minutes, a cloud that asks to send less. */
  async #persist<T>(work: () => Promise<T>, signal = this.#request.signal): Promise<T> {
    const { retryMs = 1000 } = this.#request;
    let [attempt, doneThen] = [1, this.#done];
    for (;;) {
      try {
        const done = await work();
        this.#reached = true;
        return done;
      } catch (error) {
        if (this.#done > doneThen) [attempt, doneThen] = [1, this.#done];
        const passing = error instanceof SynesisError && PASSING.has(error.code);
        const never = passing && !this.#reached && error.code === "CLOUD_UNREACHABLE";
        if (signal.aborted || !passing || attempt >= (never ? FIRST_ATTEMPTS : ATTEMPTS)) throw error;
      }
      await pause(Math.min(LONGEST_PAUSE_MS, retryMs * 2 ** (attempt - 1)), signal);
      attempt++;
    }
  }

  #tell(phase: PushProgress["phase"]): void {
    this.#request.onProgress?.({ phase, done: this.#done, total: this.#source.announced.sizeBytes });
  }

  #describe(id: string): Promise<Kept> {
    const { cloud, signal } = this.#request;
    return this.#persist(() => cloud.describe(id, signal));
  }

  #pushed(kept: Kept, known: boolean, before: number): Pushed<Kept> {
    return { kept, known, sha256: this.#source.announced.sha256, before, sent: this.#sent };
  }
}

function bytesOf({ received, parts, partBytes }: UploadState, total: number): number {
  const whole = received.filter((number) => number < parts).length * partBytes;
  return whole + (received.includes(parts) ? total - (parts - 1) * partBytes : 0);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
