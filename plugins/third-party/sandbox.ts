import { type ChildProcess, fork } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { StallTimer } from "../../pipeline/text/stall-timer.ts";
import { workerUrl } from "../../pipeline/worker-url.ts";
import { SandboxFault, SandboxSilence } from "./fault.ts";
import type { OnPiece } from "./pieces.ts";
import type { FromSandbox, Net, PluginCode, Target, ToSandbox } from "./sandbox-api.ts";

export interface SandboxLimits {
  /** Longest call, in milliseconds of the clock. */
  readonly callMs: number;
  /** Longest time without a word of one that writes, in milliseconds; of one that waits for a server, `serverMs`. */
  readonly silentMs?: number;
  readonly serverMs?: number;
  /** Memory for objects, in MiB. */
  readonly heapMiB: number;
  /** Memory of the whole process, Node's own of about 60 included, in MiB. */
  readonly rssMiB: number;
}

export const DEFAULT_LIMITS: SandboxLimits = { callMs: 10_000, heapMiB: 64, rssMiB: 256 };

/** How long a process may take to start, in milliseconds. */
const START_MS = 30_000;

interface Process {
  readonly child: ChildProcess;
  /** Resolves when it takes calls. */
  readonly ready: Promise<void>;
  readonly begun: () => void;
}

/** What a plugin may use while it is called. */
export interface CallRights {
  /** Through which it may talk to the hosts it was granted; none when absent. */
  readonly net?: Net | undefined;
  /** Takes the pieces of a text as they are written. */
  readonly onPiece?: OnPiece | undefined;
}

interface Waiting extends CallRights {
  /** Told of every word, and of every request: how many are under way. */
  readonly heard: (requests: number) => void;
  requests: number;
  readonly settled: PromiseWithResolvers<Answer>;
}

export interface Answer {
  readonly value: unknown;
  readonly log: readonly string[];
}

/**
 * One plugin's process. It starts at the first call, and anew after it had to be ended. A process and not a thread: a
 * thread that runs out of memory in one large step takes the whole program with it (V8, Node 24), a process never does.
 */
export class Sandbox {
  readonly #plugin: PluginCode;
  readonly #limits: SandboxLimits;
  #process: Process | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastCall = 0;

  constructor(plugin: PluginCode, limits: SandboxLimits = DEFAULT_LIMITS) {
    this.#plugin = plugin;
    this.#limits = limits;
  }

  /**
   * Runs a tap with arguments that JSON can hold; gives what it answered, undefined when nothing.
   *
   * @throws SandboxFault; the signal's reason.
   */
  async call(target: Target, args: readonly unknown[], signal: AbortSignal, rights: CallRights = {}): Promise<Answer> {
    signal.throwIfAborted();
    const id = ++this.#lastCall;
    const settled = Promise.withResolvers<Answer>();
    const giveUp = (reason: unknown) => {
      settled.reject(reason);
      this.#end(); // it may be in a loop
    };
    const onAbort = () => giveUp(signal.reason);
    const { callMs, silentMs = callMs, serverMs = callMs } = this.#limits;
    const silence = new StallTimer((ms) => giveUp(new SandboxSilence(`gave no word for ${ms / 1000} s`)));
    const heard = (requests: number) => silence.allow(requests > 0 ? serverMs : silentMs);
    const within = (ms: number) => setTimeout(() => giveUp(new SandboxFault(`took longer than ${ms} ms`)), ms);
    let deadline = within(START_MS);
    signal.addEventListener("abort", onAbort, { once: true });
    this.#waiting.set(id, { ...rights, heard, requests: 0, settled });
    settled.promise.catch(() => {}); // it may fail while the process starts
    try {
      const { child, ready } = this.#open();
      await Promise.race([ready, settled.promise]);
      clearTimeout(deadline); // that a process starts slowly on a busy machine is not the plugin's fault
      deadline = within(callMs);
      if (silentMs < callMs) heard(0);
      const net = rights.net !== undefined;
      child.send({ type: "call", id, target, args: JSON.stringify(args), net } satisfies ToSandbox, () => {});
      return await settled.promise;
    } finally {
      clearTimeout(deadline);
      silence.end();
      signal.removeEventListener("abort", onAbort);
      this.#waiting.delete(id);
    }
  }

  /** Ends the process; the next call starts another. */
  close(): void {
    this.#end();
  }

  #open(): Process {
    this.#process ??= this.#start();
    return this.#process;
  }

  #start(): Process {
    const { heapMiB, rssMiB } = this.#limits;
    const rights = ["--permission", "--allow-worker", ...readable().map((path) => `--allow-fs-read=${path}`)];
    const child = fork(fileURLToPath(workerUrl("sandbox", import.meta.url)), [String(rssMiB)], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      env: {},
      execArgv: [...rights, `--max-old-space-size=${heapMiB}`, "--max-semi-space-size=8", "--no-addons", "--no-warnings"],
    });
    const ready = Promise.withResolvers<void>();
    const kill = () => void child.kill("SIGKILL");
    process.once("exit", kill);
    child.on("message", (message: FromSandbox) => this.#receive(child, message));
    child.on("error", () => this.#ended(child));
    child.once("exit", () => {
      process.off("exit", kill);
      this.#ended(child);
    });
    child.unref(); // who waits for an answer has a timer
    child.channel?.unref();
    child.send({ type: "load", plugin: this.#plugin } satisfies ToSandbox, () => {}); // one that is gone is heard of by its exit
    return { child, ready: ready.promise, begun: ready.resolve };
  }

  #receive(child: ChildProcess, message: FromSandbox): void {
    if (message.type === "ready") {
      this.#process?.begun();
      return;
    }
    if (message.type === "net") return void this.#request(child, message);
    const waiting = this.#waiting.get(message.id);
    if (message.type === "piece") {
      waiting?.heard(waiting.requests);
      return void waiting?.onPiece?.(message.text);
    }
    const settled = waiting?.settled;
    const { log } = message;
    if (message.type === "fault") settled?.reject(new SandboxFault(String(message.message).slice(0, 200), true));
    else settled?.resolve({ value: message.json === undefined ? undefined : JSON.parse(message.json), log });
  }

  async #request(child: ChildProcess, { id, call, json }: Extract<FromSandbox, { type: "net" }>): Promise<void> {
    const waiting = this.#waiting.get(call);
    const net = waiting?.net;
    waiting?.heard(++waiting.requests);
    const reply: ToSandbox = net
      ? await net(json).then(
          (answer) => ({ type: "net", id, json: answer }),
          (error: unknown) => ({ type: "net", id, fault: error instanceof SandboxFault ? error.message : "the request failed" }),
        )
      : { type: "net", id, fault: "no network was granted" };
    if (this.#waiting.has(call)) waiting?.heard(--waiting.requests);
    if (child.connected) child.send(reply, () => {});
  }

  #ended(child: ChildProcess): void {
    if (this.#process?.child !== child) return;
    this.#process = undefined;
    for (const { settled } of this.#waiting.values()) settled.reject(new SandboxFault("ended its process, or used too much memory"));
  }

  #end(): void {
    if (!this.#process) return;
    const { child } = this.#process;
    child.kill("SIGKILL");
    this.#ended(child);
  }
}

/** The folders whose code the process itself needs: this program's, and, when run from source, that of its packages. */
function readable(): string[] {
  if (!import.meta.url.endsWith(".ts")) return [`${dirname(import.meta.dirname)}/*`, `${import.meta.dirname}/*`];
  const root = join(import.meta.dirname, "../..");
  return [`${root}/*`, `${dirname(fileURLToPath(import.meta.resolve("ses")))}/*`];
}
