/** node-llama-cpp as its own documentation shows it: no process between, one answer at a time. */
import { availableParallelism } from "node:os";
import { loadLibrary } from "../../plugins/generator-llama/library.ts";

export interface Direct {
  /** Milliseconds to the first text, and tokens a millisecond over all. */
  write(prompt: string, maxTokens: number): Promise<{ readonly first: number; readonly rate: number }>;
  close(): Promise<void>;
}

export async function directly(runtime: string, modelPath: string, contextSize: number): Promise<Direct> {
  const { getLlama, LlamaChat } = await loadLibrary(runtime);
  const threads = Math.max(1, availableParallelism() - 1);
  const llama = await getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: threads, progressLogs: false });
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize, sequences: 1, threads });
  const sequence = context.getSequence();
  return {
    async write(prompt, maxTokens) {
      const chat = new LlamaChat({ contextSequence: sequence, autoDisposeSequence: false });
      const began = performance.now();
      let first = 0;
      const before = sequence.tokenMeter.getState();
      await chat.generateResponse(
        [
          { type: "user", text: prompt },
          { type: "model", response: [] },
        ],
        {
          onTextChunk: () => {
            first ||= performance.now() - began;
          },
          signal: new AbortController().signal,
          maxTokens,
          temperature: 0,
          seed: 1,
        },
      );
      const rate = sequence.tokenMeter.diff(before).usedOutputTokens / (performance.now() - began);
      chat.dispose({ disposeSequence: false });
      return { first, rate };
    },
    close: () => context.dispose(),
  };
}
