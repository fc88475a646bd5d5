/**
 * Runs one third-party plugin in a process that has no rights: no environment, no files but this program's own, a
 * bounded heap, and inside it a Compartment whose globals are the language alone. What crosses is made and read on this
 * side of the wall by functions that the plugin cannot have touched: they were frozen before it began.
 */
import "ses";
import { Worker } from "node:worker_threads";
import { Confined } from "./confined.ts";
import type { FromSandbox, ToSandbox } from "./sandbox-api.ts";

/** Memory of the whole process beyond which it ends itself: the heap's own limit does not count buffers. */
const MAX_RSS_MIB = Number(process.argv[2]);
const WATCH_MS = 10;

// A plugin that loops keeps this thread busy: another one has to look.
const watch = `setInterval(() => { if (process.memoryUsage.rss() > ${MAX_RSS_MIB * 1024 * 1024}) process.kill(process.pid, "SIGKILL"); }, ${WATCH_MS});`;
new Worker(watch, { eval: true, env: {}, execArgv: [], stdout: true, stderr: true }).unref();

// A promise that the plugin lets fail is its own affair: a call is judged by its answer.
process.on("unhandledRejection", () => {});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
const send = (message: FromSandbox) => void process.send?.(message);
const { parse, stringify } = JSON;

lockdown({ evalTaming: "no-eval", errorTrapping: "none", unhandledRejectionTrapping: "none", reporting: "none" });

let confined: Promise<Confined> | undefined;
const requests = new Map<number, PromiseWithResolvers<string>>();
let lastRequest = 0;

process.on("message", (message: ToSandbox) => {
  if (message.type === "load") confined = Confined.start(message.plugin);
  else if (message.type === "call") void run(message);
  else settle(message);
});
send({ type: "ready" });

async function run({ id, target, args, net }: Extract<ToSandbox, { type: "call" }>): Promise<void> {
  let plugin: Confined | undefined;
  try {
    plugin = await confined;
    const json = await plugin?.call(target, parse(args) as unknown[], {
      request: net ? (request) => ask(id, request) : undefined,
      onPiece: (text) => sent({ type: "piece", id, text }),
    });
    send({ type: "answer", id, ...(json === undefined ? {} : { json }), log: plugin?.takeLog() ?? [] });
  } catch (error) {
    send({ type: "fault", id, message: messageOf(error), log: plugin?.takeLog() ?? [] });
  }
}

/** Resolves when the channel has taken the message: who writes faster than that has to wait. */
function sent(message: FromSandbox): Promise<void> {
  return new Promise((resolve) => process.send?.(message, () => resolve()));
}

function ask(call: number, request: unknown): Promise<string> {
  const id = ++lastRequest;
  const waiting = Promise.withResolvers<string>();
  requests.set(id, waiting);
  send({ type: "net", id, call, json: stringify(request) });
  return waiting.promise;
}

function settle({ id, json, fault }: Extract<ToSandbox, { type: "net" }>): void {
  const waiting = requests.get(id);
  requests.delete(id);
  if (json === undefined) waiting?.reject(new Error(fault ?? "failed"));
  else waiting?.resolve(json);
}

/** A thrown thing may be anything, and looking at it may throw as well. */
function messageOf(error: unknown): string {
  try {
    const told = typeof error === "object" && error !== null ? (error as { message?: unknown }).message : error;
    return told === undefined ? "threw nothing that says why" : String(told).slice(0, 200);
  } catch {
    return "threw something that cannot be looked at";
  }
}
