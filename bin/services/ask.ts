import { type AskResult, ask } from "../../pipeline/ask.ts";
import { RunLog, type RunRecord } from "../../pipeline/run-log.ts";
import { absolutePaths } from "./paths.ts";
import { runLogFile, type Workspace } from "./workspace.ts";

export interface AskOptions {
  readonly session: string;
  readonly within: readonly string[];
  readonly topK?: number;
  readonly threshold?: number;
  readonly rounds?: number;
}

/** Asks questions in one workspace and records each. */
export class Asker {
  readonly #workspace: Workspace;
  readonly #options: AskOptions;
  readonly #log: RunLog;

  constructor(workspace: Workspace, options: AskOptions) {
    this.#workspace = workspace;
    this.#options = options;
    this.#log = new RunLog(runLogFile(workspace.home));
  }

  async ask(question: string): Promise<{ result: AskResult; run: RunRecord }> {
    const { kernel, config, signal } = this.#workspace;
    const { session, within, topK, threshold, rounds } = this.#options;
    const answered = await ask(
      kernel,
      {
        question,
        session,
        within: absolutePaths(within),
        topK: topK ?? config.retrieval.topK,
        threshold: threshold ?? config.council.threshold,
        rounds: rounds ?? config.council.rounds,
      },
      signal,
    );
    this.#log.write(answered.run);
    return answered;
  }

  close(): void {
    this.#log.close();
  }
}

/** The exit code of an outcome: 3 vetoed, 4 no agreement or nothing to rest on. */
export function exitCodeOf(outcome: AskResult["outcome"]): number {
  return { answered: 0, vetoed: 3, no_consensus: 4, no_evidence: 4 }[outcome];
}
