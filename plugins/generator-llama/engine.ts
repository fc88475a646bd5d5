/** Runs one model: tasks share a context's sequences, which the library decodes in one batch. */

import { availableParallelism } from "node:os";
import { withAsManyAsFit } from "./as-many-as-fit.ts";
import { batchPlan } from "./batching.ts";
import {
  type Chat,
  type Context,
  type HistoryItem,
  type Library,
  type Llama,
  loadLibrary,
  type Model,
  type Sequence,
  type Token,
} from "./library.ts";
import { ADAPTER_FAULT, type LoadOptions, type Task, type Turn } from "./protocol.ts";
import { common, Gathering } from "./shared-prefix.ts";

export interface Finished {
  readonly in: number;
  readonly out: number;
  readonly finish: "stop" | "length";
}

/** Contexts, of one adapter each, that are kept warm. */
const MAX_CONTEXTS = 2;

interface Warm {
  readonly context: Context;
  readonly free: Sequence[];
  readonly waiting: ((sequence: Sequence) => void)[];
  readonly gathering: Gathering;
  /** How many answers are being written. */
  readonly writing: { count: number };
  busy: number;
}

export class Engine {
  readonly #library: Library;
  readonly #llama: Llama;
  readonly #model: Model;
  readonly #options: LoadOptions;
  /** By adapter, the least recently used first. */
  readonly #warm = new Map<string, Promise<Warm>>();

  private constructor(library: Library, llama: Llama, model: Model, options: LoadOptions) {
    this.#library = library;
    this.#llama = llama;
    this.#model = model;
    this.#options = options;
  }

  static async load(options: LoadOptions): Promise<Engine> {
    const library = await loadLibrary(options.runtime);
    const llama = await library.getLlama({
      gpu: options.gpu ? "auto" : false,
      build: "never",
      logLevel: "error",
      maxThreads: threads(),
      progressLogs: false,
    });
    const engine = new Engine(library, llama, await llama.loadModel({ modelPath: options.model }), options);
    await engine.#context("");
    return engine;
  }

  /** How many tokens the model makes of a text. */
  count(text: string): number {
    return this.#model.tokenize(text).length;
  }

  /** Writes one answer; text goes to `onText` as it comes. */
  async run(
    { turns, schema, lora = "", maxTokens, temperature, seed }: Task,
    onText: (text: string) => void,
    signal: AbortSignal,
  ): Promise<Finished> {
    const warm = await this.#context(lora);
    warm.busy++;
    const sequence = this.#freeSequence(warm, turns) ?? (await new Promise<Sequence>((resolve) => warm.waiting.push(resolve)));
    const chat = this.#chat(sequence);
    try {
      signal.throwIfAborted();
      await warm.gathering.join({ tokens: this.#promptTokens(chat, turns), sequence, signal });
      signal.throwIfAborted();
      const before = sequence.tokenMeter.getState();
      const grammar = schema ? { grammar: await this.#llama.createGrammarForJsonSchema(schema) } : {};
      warm.writing.count++;
      const { metadata } = await chat
        .generateResponse(history(turns), { onTextChunk: onText, signal, maxTokens, temperature, seed, ...grammar })
        .finally(() => warm.writing.count--);
      const out = Math.min(maxTokens, sequence.tokenMeter.diff(before).usedOutputTokens);
      return { in: Math.max(1, sequence.contextTokens.length - out), out, finish: metadata.stopReason === "maxTokens" ? "length" : "stop" };
    } finally {
      chat.dispose({ disposeSequence: false });
      warm.busy--;
      const next = warm.waiting.shift();
      if (next) next(sequence);
      else warm.free.push(sequence);
    }
  }

  /** Of the free sequences, the one that has read most of this conversation already. */
  #freeSequence({ free }: Warm, turns: readonly Turn[]): Sequence | undefined {
    const [first] = free;
    if (!first || free.length === 1) return free.pop();
    const chat = this.#chat(first);
    const tokens = this.#promptTokens(chat, turns);
    chat.dispose({ disposeSequence: false });
    const best = free.reduce((a, b) => (common(b.contextTokens, tokens) > common(a.contextTokens, tokens) ? b : a));
    return free.splice(free.indexOf(best), 1)[0];
  }

  #chat(contextSequence: Sequence): Chat {
    return new this.#library.LlamaChat({ contextSequence, autoDisposeSequence: false });
  }

  #promptTokens(chat: Chat, turns: readonly Turn[]): Token[] {
    return chat.chatWrapper.generateContextState({ chatHistory: history(turns) }).contextText.tokenize(this.#model.tokenizer);
  }

  /** The context of an adapter: a warm one, or a new one in the place of the one that was idle longest. */
  async #context(lora: string): Promise<Warm> {
    const known = this.#warm.get(lora);
    const warm = known ?? this.#create(lora);
    this.#warm.delete(lora);
    this.#warm.set(lora, warm);
    if (!known) {
      warm.catch(() => this.#warm.delete(lora));
      await this.#retire(lora);
    }
    return warm;
  }

  async #create(lora: string): Promise<Warm> {
    const { context: contextSize, sequences: most } = this.#options;
    const adapters = { lora: { adapters: [{ filePath: lora, scale: 1 }] } };
    const writing = { count: 0 };
    const batching = { itemPrioritizationStrategy: batchPlan(() => writing.count) };
    const context = await withAsManyAsFit(most, (sequences) =>
      this.#model.createContext({ contextSize, sequences, threads: threads(), batching, ...(lora ? adapters : {}) }),
    ).catch((cause: unknown) => {
      throw lora ? Object.assign(new Error("the adapter is not taken", { cause }), { name: ADAPTER_FAULT }) : cause;
    });
    return {
      context,
      writing,
      free: Array.from({ length: context.totalSequences }, () => context.getSequence()),
      waiting: [],
      gathering: new Gathering(),
      busy: 0,
    };
  }

  async #retire(except: string): Promise<void> {
    for (const [lora, pending] of this.#warm) {
      if (this.#warm.size <= MAX_CONTEXTS) return;
      const warm = lora === except ? undefined : await pending.catch(() => undefined);
      if (!warm || warm.busy > 0) continue;
      this.#warm.delete(lora);
      await warm.context.dispose();
    }
  }
}

/** One fewer than there are: with all of them llama.cpp is a hundred times slower on a busy machine. */
function threads(): number {
  return Math.max(1, availableParallelism() - 1);
}

/** The conversation in the library's form, which ends with the answer that is to be written. */
function history(turns: readonly Turn[]): HistoryItem[] {
  const items = turns.map(
    ({ role, content }): HistoryItem => (role === "assistant" ? { type: "model", response: [content] } : { type: role, text: content }),
  );
  return [...items, { type: "model", response: [] }];
}
