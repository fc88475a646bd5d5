/** The part of node-llama-cpp (3.21) that is used here. It is not a dependency: it is installed when a user asks for it. */
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Library {
  getLlama(options: { gpu: false | "auto"; build: "never"; logLevel: "error"; maxThreads: number; progressLogs: false }): Promise<Llama>;
  readonly LlamaChat: new (options: { contextSequence: Sequence; autoDisposeSequence: boolean }) => Chat;
}

export interface Llama {
  loadModel(options: { modelPath: string; gpuLayers?: number }): Promise<Model>;
  createGrammarForJsonSchema(schema: object): Promise<Grammar>;
}

export type Token = number;

export interface Model {
  tokenize(text: string): Token[];
  readonly tokenizer: unknown;
  createContext(options: {
    contextSize: number | { max: number };
    sequences: number;
    threads: number;
    batching?: {
      itemPrioritizationStrategy<I extends { readonly tokens: readonly unknown[] }>(pending: {
        items: readonly I[];
        size: number;
      }): { item: I; processAmount: number }[];
    };
    lora?: { adapters: { filePath: string; scale: number }[] };
  }): Promise<Context>;
}

export interface Context {
  readonly totalSequences: number;
  getSequence(): Sequence;
  dispose(): Promise<void>;
}

export interface Sequence {
  readonly contextTokens: readonly Token[];
  readonly nextTokenIndex: number;
  adaptStateToTokens(tokens: readonly Token[], allowShift: boolean): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: readonly Token[]): Promise<void>;
  saveStateToFile(path: string): Promise<unknown>;
  loadStateFromFile(path: string, acceptRisk: { acceptRisk: true }): Promise<void>;
  readonly tokenMeter: { getState(): object; diff(before: object): { usedOutputTokens: number } };
}

export interface Grammar {
  readonly grammar: string;
}

export type HistoryItem =
  | { readonly type: "system" | "user"; readonly text: string }
  | { readonly type: "model"; readonly response: string[] };

export interface Chat {
  readonly chatWrapper: {
    generateContextState(options: { chatHistory: HistoryItem[] }): { readonly contextText: { tokenize(tokenizer: unknown): Token[] } };
  };
  generateResponse(
    history: HistoryItem[],
    options: {
      onTextChunk: (text: string) => void;
      signal: AbortSignal;
      maxTokens: number;
      temperature: number;
      seed: number;
      grammar?: Grammar;
    },
  ): Promise<{ readonly metadata: { readonly stopReason: string } }>;
  dispose(options?: { disposeSequence?: boolean }): void;
}

/** Loads the library from the folder into which it was installed. */
export async function loadLibrary(runtime: string): Promise<Library> {
  const file = createRequire(join(runtime, "package.json")).resolve("node-llama-cpp");
  return (await import(pathToFileURL(file).href)) as Library;
}
