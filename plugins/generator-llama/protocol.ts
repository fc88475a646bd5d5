/** Everything that crosses between the program and the process in which a model runs. */

export interface LoadOptions {
  /** The folder into which the library was installed. */
  readonly runtime: string;
  readonly model: string;
  /** Tokens kept in mind, of one sequence. */
  readonly context: number;
  /** Whether a GPU may be used. */
  readonly gpu: boolean;
  /** Answers written at the same time, in one batch. */
  readonly sequences: number;
}

export interface Turn {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Task {
  readonly turns: readonly Turn[];
  readonly schema?: Readonly<Record<string, unknown>>;
  /** An adapter's file. */
  readonly lora?: string;
  readonly maxTokens: number;
  /** 0 always takes the likeliest word. */
  readonly temperature: number;
  readonly seed: number;
}

/** What has come since the last call; `end` when there is no more. */
export interface Batch {
  readonly text: string;
  readonly end?: {
    readonly in: number;
    readonly out: number;
    readonly finish: "stop" | "length";
    /** Bytes that the process holds. */
    readonly memory: number;
  };
}

/** What the process offers. Text is fetched, not pushed: a channel between processes carries no callbacks. */
export interface LlamaProcess {
  load(options: LoadOptions): Promise<void>;
  /** How many tokens the model makes of a text. */
  count(text: string): number | Promise<number>;
  /** Begins a task under a number of the caller's. */
  start(id: number, task: Task): void;
  /** Waits until there is something new. */
  next(id: number): Promise<Batch>;
  /** Ends a task, whether it runs or waits; nothing when it is over. */
  cancel(id: number): void;
}

/** Name of the error with which a task ends whose adapter the library does not take. */
export const ADAPTER_FAULT = "AdapterFault";
