/**
 * What a sandbox costs beyond the plugin's own work, and what the kernel costs beyond its plugins. A start is set beside
 * that of a process which does nothing, in turn with it: on a busy machine both wait. The kernel is measured in time of
 * the processor.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createKernel, definePlugin, type Plugin, Trace } from "../../kernel/index.ts";
import { Sandbox } from "../../plugins/third-party/sandbox.ts";
import { cpuMsOf } from "./cpu-time.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const CODE = `(() => ({ default: { setup(context) { context.tap("agentVote", () => ({ approval: 1, reason: "fine" })); } } }))()`;
const PLUGIN = { code: CODE, hooks: ["agentVote"], services: [], settings: {}, maxAnswer: 1_000_000 } as const;
const STARTS = 15;
const CALLS = 2_000;
const QUESTIONS = 20_000;
const HOOKS = ["preRedact", "retrieve", "agentVote", "consensus", "escalate", "bill", "reinflate"] as const;

export async function benchPlugins(): Promise<BenchRow[]> {
  const { signal } = new AbortController();
  const brief = {
    phase: "judge",
    round: 1,
    question: "Who built it?",
    passages: Array(8).fill({ id: 1, title: "A", heading: "", text: "x".repeat(800), score: 1 }),
    objections: [],
  };
  const [starts, empty]: [number[], number[]] = [[], []];
  for (let i = 0; i < STARTS; i++) {
    const sandbox = new Sandbox(PLUGIN);
    starts.push(await timed(() => sandbox.call("agentVote", [brief], signal)));
    sandbox.close();
    empty.push(await timed(startEmpty));
  }
  const sandbox = new Sandbox(PLUGIN);
  const calls: number[] = [];
  for (let i = 0; i < CALLS; i++) calls.push(await timed(() => sandbox.call("agentVote", [brief], signal)));
  sandbox.close();
  return [
    { name: "a sandbox from nothing to its first answer, ms", peer: "milliseconds", ratio: median(starts), wanted: "under 150" },
    {
      name: "a sandbox to its first answer, times a process that does nothing",
      peer: "an empty process",
      ratio: median(starts) / median(empty),
      wanted: "",
    },
    { name: "a sandboxed agent's call beyond its own work, ms", peer: "milliseconds", ratio: median(calls), wanted: "under 1" },
    { name: "all seven hooks with five taps each, µs", peer: "microseconds", ratio: await kernelMicroseconds(), wanted: "under 5" },
  ];
}

async function kernelMicroseconds(): Promise<number> {
  const plugins = Array.from(
    { length: 5 },
    (_, i): Plugin =>
      definePlugin({
        name: `idle-${i}`,
        api: 1,
        text: "raw",
        taps: [...HOOKS],
        setup: (context) => {
          for (const hook of HOOKS) context.tap(hook, () => undefined);
        },
      }),
  );
  const { hooks } = await createKernel(plugins);
  const rounds: number[] = [];
  for (let round = 0; round < 15; round++) {
    const call = { signal: new AbortController().signal, trace: new Trace() };
    const took = await cpuMsOf(async () => {
      for (let i = 0; i < QUESTIONS / 10; i++) {
        call.trace.events.length = 0;
        for (const hook of HOOKS) {
          const run = (hooks[hook].promise as (...args: unknown[]) => unknown)(undefined, undefined, call);
          if (run instanceof Promise) await run;
        }
      }
    });
    rounds.push((took * 1000) / (QUESTIONS / 10));
  }
  return median(rounds);
}

/** Until a process of Node could take a message. */
async function startEmpty(): Promise<void> {
  const child = spawn(process.execPath, ["-e", "process.send(0)"], { env: {}, stdio: ["ignore", "ignore", "ignore", "ipc"] });
  await once(child, "message");
  child.kill("SIGKILL");
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
