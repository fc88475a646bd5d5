import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { wrap } from "comlink";
import { SynesisError } from "../../kernel/index.ts";
import { workerUrl } from "../../pipeline/worker-url.ts";
import { channelEndpoint } from "./channel.ts";
import type { LlamaProcess, LoadOptions } from "./protocol.ts";

export interface Connection {
  readonly api: LlamaProcess;
  /** Rejects when the process ends; never resolves. */
  readonly died: Promise<never>;
}

/** No model takes longer to load, in ms. */
const LOAD_MS = 600_000;

/** Whether the library was installed into `runtime`. */
export function isInstalled(runtime: string): boolean {
  return existsSync(join(runtime, "node_modules", "node-llama-cpp", "package.json"));
}

/**
 * Starts the process and loads the model in it. `stop` ends the process, also while it loads.
 *
 * @throws SynesisError GENERATOR_MISSING, GENERATOR_FAILED
 */
export async function connect(options: LoadOptions, stop: AbortSignal): Promise<Connection> {
  if (!isInstalled(options.runtime)) throw new SynesisError("GENERATOR_MISSING");
  const child = fork(fileURLToPath(workerUrl("llama", import.meta.url)), {
    stdio: ["ignore", "ignore", "ignore", "ipc"], // what the library prints is not for the program's own output
    serialization: "advanced",
    execArgv: [],
    env: withoutSecrets(process.env),
  });
  const died = new Promise<never>((_, reject) => {
    child.once("error", () => reject(new SynesisError("GENERATOR_FAILED", "Its process could not be started.")));
    child.once("exit", (code, signal) => reject(new SynesisError("GENERATOR_FAILED", `Its process ended (${signal ?? code}).`)));
  });
  died.catch(() => {});
  const kill = () => void child.kill("SIGKILL"); // the library does not stop in the middle of a computation when asked kindly
  process.once("exit", kill); // also when the program ends while a model loads
  child.once("exit", () => process.off("exit", kill));
  stop.addEventListener("abort", kill, { once: true });
  child.unref(); // an open model does not keep the program from ending: who waits for it must
  child.channel?.unref();
  const remote = wrap<LlamaProcess>(channelEndpoint(child));
  const api = remote as unknown as LlamaProcess; // every member is a function, and every caller awaits
  const limit = setTimeout(kill, LOAD_MS).unref(); // the library never ends with some files that are no models
  try {
    await Promise.race([api.load(options), died]);
  } catch (error) {
    child.kill("SIGKILL");
    if (error instanceof SynesisError) throw error;
    throw new SynesisError("GENERATOR_FAILED", "The model could not be loaded: it is damaged, or there is too little memory.", {
      cause: error,
    });
  } finally {
    clearTimeout(limit);
  }
  return { api, died };
}

/** The model's process needs no key of any service. */
function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/key|token|secret|password/i.test(name)));
}
