import { join } from "node:path";
import { type Generated, type GenerateRequest, type Generator, SynesisError } from "../../kernel/index.ts";
import { compileSchema, jsonAnswer } from "../../pipeline/text/json-answer.ts";
import { type Connection, connect } from "./connect.ts";
import { ADAPTER_FAULT, type Task } from "./protocol.ts";

export interface LlamaOptions {
  /** The data folder: the library lies in `runtime/`. */
  readonly home: string;
  readonly model: string;
  /** Finds the model's file and has looked at it: asked when the model is loaded. @throws SynesisError */
  readonly path: () => string;
  /** Finds an adapter's file and has looked at it; absent where there are none. @throws SynesisError */
  readonly adapter?: (name: string) => string;
  /** Tokens kept in mind, of one answer. */
  readonly context: number;
  readonly gpu?: boolean;
  /** Answers written at the same time. */
  readonly sequences?: number;
}

/** Answers asked for until one keeps its schema: a grammar can yield what is no number after all. */
const ANSWERS = 4;

export interface LlamaGenerator extends Generator {
  /** Ends the process and frees its memory. The next request starts another. */
  close(): Promise<void>;
}

/** A generator that runs a model file on this machine, in a process of its own that starts at the first request. */
export function llamaGenerator({
  home,
  model,
  path,
  adapter = noAdapter,
  context,
  gpu = true,
  sequences = 3,
}: LlamaOptions): LlamaGenerator {
  let open: { readonly started: Promise<Connection>; readonly stop: AbortController } | undefined;
  let lastId = 0;

  /** The running process, or a new one where there is none or it has died. */
  function connected(): Promise<Connection> {
    if (open) return open.started;
    const stop = new AbortController();
    const started = Promise.try(path).then((model) =>
      connect({ runtime: join(home, "runtime"), model, context, gpu, sequences }, stop.signal),
    );
    const opened = { started, stop };
    open = opened;
    const forget = () => {
      if (open === opened) open = undefined;
    };
    started.then(({ died }) => died.catch(forget), forget);
    return started;
  }

  async function* generate(request: GenerateRequest): AsyncGenerator<Generated> {
    request.signal.throwIfAborted();
    const task: Task = {
      turns: request.messages,
      maxTokens: request.maxTokens,
      temperature: 0,
      seed: 1,
      ...(request.lora === undefined ? {} : { lora: adapter(request.lora) }),
    };
    if (request.schema) yield* generateJson(task, request.schema, request.signal);
    else yield* run(task, request.signal);
  }

  async function* generateJson(task: Task, schema: Readonly<Record<string, unknown>>, signal: AbortSignal): AsyncGenerator<Generated> {
    const keeps = await compileSchema(schema);
    const tokens = { in: 0, out: 0 };
    for (let attempt = 0; attempt < ANSWERS; attempt++) {
      let text = "";
      for await (const piece of run({ ...task, schema, temperature: attempt === 0 ? 0 : 0.7, seed: attempt + 1 }, signal)) {
        if (piece.type === "text") text += piece.text;
        else {
          tokens.in += piece.tokens.in;
          tokens.out += piece.tokens.out;
          const answer = jsonAnswer(text, keeps);
          if (answer === undefined) continue;
          yield { type: "text", text: answer };
          yield { ...piece, tokens };
          return;
        }
      }
    }
    throw new SynesisError("GENERATOR_INVALID_JSON", `(${ANSWERS} attempts)`);
  }

  async function* run(task: Task, signal: AbortSignal): AsyncGenerator<Generated> {
    const id = ++lastId;
    const aborted = abortion(signal);
    const alive = keptAlive();
    try {
      const { api, died } = await Promise.race([connected(), aborted.promise]);
      let over = false;
      try {
        await Promise.race([api.start(id, task), died, aborted.promise]);
        while (!over) {
          const { text, end } = await Promise.race([api.next(id), died, aborted.promise]);
          if (text) yield { type: "text", text };
          if (end) {
            over = true;
            yield { type: "usage", tokens: { in: end.in, out: end.out }, finish: end.finish, memory: end.memory };
          }
        }
      } finally {
        if (!over) void Promise.resolve(api.cancel(id)).catch(() => {});
      }
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SynesisError) throw error;
      throw new SynesisError(isAdapterFault(error) ? "LORA_FAILED" : "GENERATOR_FAILED", undefined, { cause: error });
    } finally {
      clearInterval(alive);
      aborted.forget();
    }
  }

  async function close(): Promise<void> {
    const closing = open;
    open = undefined;
    closing?.stop.abort();
    const alive = keptAlive();
    await closing?.started.then(({ died }) => died).catch(() => {});
    clearInterval(alive);
  }

  /** The prompt's wording around the text is not counted. */
  async function countTokens(text: string, signal: AbortSignal): Promise<number> {
    const aborted = abortion(signal);
    const alive = keptAlive();
    try {
      const { api, died } = await Promise.race([connected(), aborted.promise]);
      return await Promise.race([api.count(text), died, aborted.promise]);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof SynesisError ? error : new SynesisError("GENERATOR_FAILED", undefined, { cause: error });
    } finally {
      clearInterval(alive);
      aborted.forget();
    }
  }

  return { model, context, countTokens, generate, close };
}

/** The model's process does not keep the program from ending: whoever waits for it must. */
function keptAlive(): ReturnType<typeof setInterval> {
  return setInterval(() => {}, 1_000_000);
}

/** Of what the other process throws, the name comes across. */
function isAdapterFault(error: unknown): boolean {
  return error instanceof Error && error.name === ADAPTER_FAULT;
}

function noAdapter(name: string): never {
  throw new SynesisError("LORA_NOT_FOUND", `(${name.slice(0, 80)})`);
}

function abortion(signal: AbortSignal): { promise: Promise<never>; forget: () => void } {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => {});
  const onAbort = () => reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  return { promise, forget: () => signal.removeEventListener("abort", onAbort) };
}
