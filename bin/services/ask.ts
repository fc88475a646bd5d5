import type { ErrorCode, SynesisError } from "../../kernel/index.ts";
import { type Asked, type AskRequest, type AskResult, ask, type Recorded } from "../../pipeline/ask.ts";
import type { Escalating, EscalationWish } from "../../pipeline/escalate/escalate.ts";
import { NeverCloud } from "../../pipeline/never-cloud.ts";
import { RunLog } from "../../pipeline/run-log.ts";
import { assertNoSecret } from "./conceal.ts";
import type { Config } from "./config.ts";
import type { EscalationScreen } from "./escalation/screen.ts";
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
  /** Ask a model elsewhere where the council does not agree; or never, whatever the settings say. */
  readonly cloud?: boolean | undefined;
  readonly local?: boolean | undefined;
  readonly model?: string | undefined;
  /** A project and an adapter of the cloud's, by name. */
  readonly project?: string | undefined;
  readonly lora?: string | undefined;
  /** Whether the cloud looks in what is shared with it. */
  readonly shared?: boolean | undefined;
}

/** What goes on beside asking. */
export interface Manner {
  /** Told of what comes from elsewhere. */
  readonly tell?: NonNullable<Escalating["tell"]>;
  /** Nobody can be asked, even at a terminal. */
  readonly unattended?: boolean;
  readonly atCloud?: NonNullable<Escalating["atCloud"]>;
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
export async function withAsker<T>(
  workspace: Workspace,
  flags: AskFlags,
  use: (asker: Asker) => Promise<T>,
  manner: Manner = {},
): Promise<T> {
  const log = new RunLog(runLogFile(workspace.home));
  try {
    return await use(new Asker(workspace, flags, log, { ...manner, ...(await atCloud(workspace, flags)) }));
  } finally {
    log.close();
  }
}

/** Asks questions in one workspace and session, and records each. */
export class Asker {
  readonly #workspace: Workspace;
  readonly #request: Omit<AskRequest, "question">;
  readonly #log: RunLog;
  readonly #flags: AskFlags;
  readonly #manner: Manner;
  #faults = 0;
  #setAside: SynesisError | undefined;

  constructor(workspace: Workspace, flags: AskFlags, log: RunLog, manner: Manner) {
    this.#workspace = workspace;
    this.#flags = flags;
    this.#log = log;
    this.#manner = manner;
    this.#request = { ...howToAsk(workspace, flags), session: sessionName(flags.session) };
  }

  /** Asks what goes on with the conversation of this session. */
  async goOn(question: string): Promise<Asked> {
    return this.ask(question, this.#log.conversation(this.#request.session, REMEMBERED));
  }

  /**
   * @param history what was said before, as it was recorded; a question stands for itself when absent
   * @throws SynesisError also where a model elsewhere was asked for and could not be, and the user has to act
   */
  async ask(question: string, history: readonly Recorded[] = []): Promise<Asked> {
    const { kernel, signal } = this.#workspace;
    const setAside = this.#setAside;
    const escalating = this.#request.routing === "local" ? {} : { escalating: await this.#escalating() };
    const asked = await ask(kernel, { ...this.#request, question, history, ...escalating, ...(setAside && { setAside }) }, signal);
    this.#log.write(asked.run);
    if (!setAside) this.#judge(asked);
    const { refusal } = asked;
    if (refusal && (refusal.exit === LIMITED || (refusal.exit === MISUSED && this.#flags.cloud))) throw refusal;
    return asked;
  }

  /** What questions to the cloud use of the account's; undefined where the flags name nothing. */
  get atCloud(): Manner["atCloud"] {
    return this.#manner.atCloud;
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

  async #escalating(): Promise<Escalating> {
    const { mayLeave } = await import("./escalation/may-leave.ts");
    const { tell, unattended = false, atCloud } = this.#manner;
    return {
      ...(await escalationWish(this.#workspace.config, this.#flags)),
      ...(atCloud && { atCloud }),
      mayLeave: (route, prepared) => mayLeave(route, prepared, { ...this.#workspace, log: this.#log, unattended }),
      ...(tell && { tell }),
      onSettled: (record) => this.#log.writeEscalation(record),
    };
  }
}

/** Exit codes of errors: a limit refused it; the user or the settings are at fault. */
const LIMITED = 5;
const MISUSED = 2;

/** What flags and settings say of how to ask. */
export function howToAsk(
  { config, thinking }: Pick<Workspace, "config" | "thinking">,
  flags: AskFlags,
): Omit<AskRequest, "question" | "session"> {
  const { retrieval, council, privacy, routing } = config;
  return {
    filter: filterOf(flags, absolutePaths(flags.path ?? [])),
    topK: flags["top-k"] ?? retrieval.topK,
    threshold: flags.threshold ?? council.threshold,
    rounds: flags.rounds ?? council.rounds,
    thinking: thinking !== "none",
    ...(thinking === "elsewhere" && privacy.neverCloud.length > 0 ? withheldBy(privacy.neverCloud) : {}),
    quorum: council.quorum,
    routing: flags.local ? "local" : flags.cloud ? "cloud" : routing,
  };
}

/** What flags and settings say of a question that goes elsewhere. @throws SynesisError USAGE */
export async function escalationWish({ escalation, privacy }: Config, flags: AskFlags): Promise<Omit<EscalationWish, "atCloud">> {
  const model = flags.model ?? escalation.model;
  await assertNoSecret("model's name", model);
  return { model, maxTokens: escalation.maxTokens, neverCloud: new NeverCloud(privacy.neverCloud) };
}

/**
 * The project and the adapter of the cloud's that the flags name, looked up before anything is asked.
 *
 * @throws SynesisError PROJECT_NOT_FOUND, LORA_NOT_FOUND, USAGE where somebody else than the cloud is asked
 */
export async function atCloud(workspace: Workspace, { cloud, project, lora, shared }: AskFlags): Promise<Pick<Manner, "atCloud">> {
  if (!cloud || (project === undefined && lora === undefined && !shared)) return {};
  const { findAtCloud } = await import("./escalation/at-cloud.ts");
  return { atCloud: await findAtCloud(workspace, { project, lora, shared }) };
}

/** Whether a provider has to be there; as the settings say when neither flag is given. */
export function escalates({ cloud, local }: Pick<AskFlags, "cloud" | "local">): { escalates?: boolean } {
  return local ? { escalates: false } : cloud ? { escalates: true } : {};
}

/** Where a person sees a model elsewhere at work; none where it cannot be asked. With `json` nothing is shown. */
export async function screenFor(
  workspace: Workspace,
  flags: AskFlags & { readonly stream?: boolean },
  json: boolean,
): Promise<EscalationScreen | undefined> {
  if (howToAsk(workspace, flags).routing === "local") return undefined;
  const { EscalationScreen } = await import("./escalation/screen.ts");
  return new EscalationScreen(workspace, !json && (flags.stream ?? process.stdout.isTTY === true), json);
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
