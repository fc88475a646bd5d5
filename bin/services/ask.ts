import { type AskRequest, type AskResult, ask } from "../../pipeline/ask.ts";
import { RunLog, type RunRecord } from "../../pipeline/run-log.ts";
import { type FilterFlags, filterOf } from "./filter.ts";
import { absolutePaths } from "./paths.ts";
import { sessionName } from "./session.ts";
import { runLogFile, type Workspace } from "./workspace.ts";

/** The flags of `ask` and `batch ask` that say how to ask. */
export interface AskFlags extends FilterFlags {
  readonly session?: string | undefined;
  readonly path?: readonly string[] | undefined;
  readonly "top-k"?: number | undefined;
  readonly threshold?: number | undefined;
  readonly rounds?: number | undefined;
}

/** Opens what asking needs for `use`, and closes it, also when it fails. */
export async function withAsker<T>(workspace: Workspace, flags: AskFlags, use: (asker: Asker) => Promise<T>): Promise<T> {
  const log = new RunLog(runLogFile(workspace.home));
  try {
    return await use(new Asker(workspace, flags, log));
  } finally {
    log.close();
  }
}

/** Asks questions in one workspace and session, and records each. */
export class Asker {
  readonly #workspace: Workspace;
  readonly #request: Omit<AskRequest, "question">;
  readonly #log: RunLog;

  constructor(workspace: Workspace, flags: AskFlags, log: RunLog) {
    const { retrieval, council } = workspace.config;
    this.#workspace = workspace;
    this.#log = log;
    this.#request = {
      session: sessionName(flags.session),
      filter: filterOf(flags, absolutePaths(flags.path ?? [])),
      topK: flags["top-k"] ?? retrieval.topK,
      threshold: flags.threshold ?? council.threshold,
      rounds: flags.rounds ?? council.rounds,
    };
  }

  async ask(question: string): Promise<{ result: AskResult; run: RunRecord }> {
    const { kernel, signal } = this.#workspace;
    const answered = await ask(kernel, { ...this.#request, question }, signal);
    this.#log.write(answered.run);
    return answered;
  }
}

/** The exit code of an outcome: 3 vetoed, 4 no agreement or nothing to rest on. */
export function exitCodeOf(outcome: AskResult["outcome"]): number {
  return { answered: 0, vetoed: 3, no_consensus: 4, no_evidence: 4 }[outcome];
}
