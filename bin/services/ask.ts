import type { ErrorCode, SynesisError } from "../../kernel/index.ts";
import { type Asked, type AskRequest, type AskResult, ask, type Recorded } from "../../pipeline/ask.ts";
import { NeverCloud } from "../../pipeline/never-cloud.ts";
import { RunLog } from "../../pipeline/run-log.ts";
import { type FilterFlags, filterOf } from "./filter.ts";
import { absolutePaths } from "./paths.ts";
import { runLogFile } from "./run-log-file.ts";
import { sessionName } from "./session.ts";
import type { Workspace } from "./workspace.ts";

/** The flags of `ask` and `batch ask` that say how to ask. */
export interface AskFlags extends FilterFlags {
  readonly session?: string | undefined;
  readonly path?: readonly string[] | undefined;
  readonly "top-k"?: number | undefined;
  readonly threshold?: number | undefined;
  readonly rounds?: number | undefined;
}

/** Faults of a model that the next question would meet as well. */
const LASTING: readonly ErrorCode[] = [
  "GENERATOR_UNREACHABLE",
  "GENERATOR_TIMEOUT",
  "GENERATOR_REFUSED",
  "GENERATOR_MISSING",
  "MODEL_NOT_FOUND",
  "MODEL_INVALID",
];

/** Any other fault so often in a row counts as lasting too. */
const MOST_FAULTS = 3;

/** Earlier questions of a session that a further one may lean on. */
const REMEMBERED = 4;

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
  #faults = 0;
  #setAside: SynesisError | undefined;

  constructor(workspace: Workspace, flags: AskFlags, log: RunLog) {
    const { retrieval, council, privacy, routing } = workspace.config;
    const { thinking } = workspace;
    this.#workspace = workspace;
    this.#log = log;
    this.#request = {
      session: sessionName(flags.session),
      filter: filterOf(flags, absolutePaths(flags.path ?? [])),
      topK: flags["top-k"] ?? retrieval.topK,
      threshold: flags.threshold ?? council.threshold,
      rounds: flags.rounds ?? council.rounds,
      thinking: thinking !== "none",
      ...(thinking === "elsewhere" && privacy.neverCloud.length > 0 ? withheldBy(privacy.neverCloud) : {}),
      quorum: council.quorum,
      routing,
    };
  }

  /** Asks what goes on with the conversation of this session. */
  async goOn(question: string): Promise<Asked> {
    return this.ask(question, this.#log.conversation(this.#request.session, REMEMBERED));
  }

  /** @param history what was said before, as it was recorded; a question stands for itself when absent */
  async ask(question: string, history: readonly Recorded[] = []): Promise<Asked> {
    const { kernel, signal } = this.#workspace;
    const setAside = this.#setAside;
    const answered = await ask(kernel, { ...this.#request, question, history, ...(setAside && { setAside }) }, signal);
    this.#log.write(answered.run);
    if (!setAside) this.#judge(answered);
    return answered;
  }

  /** Why the model is not asked any more; undefined while it is. */
  get setAside(): SynesisError | undefined {
    return this.#setAside;
  }

  /** A model that is not there, or fails again and again, would hold up every further question. */
  #judge({ result, steppedDown }: Asked): void {
    if (result.mode === "generator") this.#faults = 0;
    if (!steppedDown) return;
    this.#faults++;
    if (LASTING.includes(steppedDown.code) || this.#faults >= MOST_FAULTS) this.#setAside = steppedDown;
  }
}

/** The exit code of an outcome: 3 vetoed, 4 no agreement or nothing to rest on. */
export function exitCodeOf(outcome: AskResult["outcome"]): number {
  return { answered: 0, vetoed: 3, no_consensus: 4, no_evidence: 4 }[outcome];
}

/** What the user keeps from the cloud is kept from every generator elsewhere. */
function withheldBy(rules: readonly string[]): Pick<AskRequest, "withholds"> {
  const neverCloud = new NeverCloud(rules);
  return { withholds: (path) => neverCloud.withholds(path) };
}
