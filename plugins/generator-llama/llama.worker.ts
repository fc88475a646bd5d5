/** The process in which a model runs: if the library ends it, the program goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import { expose } from "comlink";
import { channelEndpoint } from "./channel.ts";
import { Engine, type Finished } from "./engine.ts";
import type { Batch, LlamaProcess, LoadOptions, Task } from "./protocol.ts";

interface Running {
  readonly stop: AbortController;
  begun: boolean;
  /** Resolves when there will be no more. */
  over: Promise<unknown>;
  text: string;
  end: Finished | undefined;
  fault: unknown;
  /** Tells the one who waits that there is something new. */
  wake: () => void;
}

const SHARE_MS = 10;

let engine: Engine | undefined;
const tasks = new Map<number, Running>();

function loaded(): Engine {
  if (!engine) throw new Error("no model is loaded");
  return engine;
}

const api: LlamaProcess = {
  async load(options: LoadOptions) {
    engine = await Engine.load(options);
  },
  count: (text: string) => loaded().count(text),
  start(id: number, task: Task) {
    const stop = new AbortController();
    const running: Running = { stop, begun: false, over: Promise.resolve(), text: "", end: undefined, fault: undefined, wake: () => {} };
    tasks.set(id, running);
    const onText = (text: string) => {
      running.text += text;
      running.wake();
    };
    running.over = loaded()
      .run(task, onText, running.stop.signal)
      .then(
        (end) => Object.assign(running, { end }),
        (fault: unknown) => Object.assign(running, { fault: fault ?? new Error("failed") }),
      )
      .finally(() => running.wake());
  },
  async next(id: number): Promise<Batch> {
    const running = tasks.get(id);
    if (!running) throw new Error("there is no such task");
    if (!running.text && !running.end && !running.fault) await new Promise<void>((resolve) => Object.assign(running, { wake: resolve }));
    // The first words go at once; after them several tokens share a message, which costs as much as a small model's token.
    if (running.begun && !running.end && !running.fault) await Promise.race([sleep(SHARE_MS), running.over]);
    running.begun = true;
    if (running.fault) {
      tasks.delete(id);
      throw running.fault;
    }
    const { text, end } = running;
    running.text = "";
    if (end) tasks.delete(id);
    return end ? { text, end: { ...end, memory: process.memoryUsage.rss() } } : { text };
  },
  cancel(id: number) {
    tasks.get(id)?.stop.abort();
    tasks.delete(id);
  },
};

expose(api, channelEndpoint(process));
process.on("disconnect", () => process.kill(process.pid, "SIGKILL")); // the program is gone, and a model holds much memory
