import type { Interfaces } from "@oclif/core";
import { Command } from "@oclif/core/command";
import { Config } from "@oclif/core/config";
import { concealed } from "./services/conceal.ts";
import { reportError } from "./services/report-error.ts";
import { visible } from "./services/visible.ts";

/** A command that can be made. */
export type CommandClass = Pick<typeof BaseCommand, "launch"> & (new (argv: string[], config: Config) => BaseCommand);

/** What every command shares: `--json`, errors with a next step, cancellation by Ctrl-C. */
export abstract class BaseCommand extends Command {
  static override enableJsonFlag = true;
  /** Whether the command looks at its signal; one that does not is simply ended by Ctrl-C. */
  protected readonly stopsCleanly: boolean = true;

  /**
   * Runs the command with a bare `Config`, which knows no other command, plugin or hook: loading those, as help and
   * completion need, would double the start-up time.
   */
  static async launch(this: CommandClass, argv: string[], options: { root: string; pjson: Interfaces.PJSON }): Promise<void> {
    const { name, version, oclif } = options.pjson;
    const runHook = async () => ({ successes: [], failures: [] });
    await new this(
      argv,
      Object.assign(new Config(options), { pjson: options.pjson, name, version, bin: oclif.bin ?? name, runHook }),
    )._run();
  }

  readonly #interrupt = new AbortController();

  /** Aborts at the first Ctrl-C; the second one ends the process at once. */
  protected get signal(): AbortSignal {
    return this.#interrupt.signal;
  }

  override async init(): Promise<void> {
    await super.init();
    if (this.stopsCleanly) for (const name of ["SIGINT", "SIGTERM"] as const) this.#takeOver(name);
  }

  /** From the entry point, which ends at once. Its listener goes last: a signal that comes when there is none is lost (Node 24). */
  #takeOver(name: "SIGINT" | "SIGTERM"): void {
    process.on(name, this.#onSignal);
    for (const listener of process.listeners(name)) if (listener !== this.#onSignal) process.off(name, listener);
  }

  readonly #onSignal = () => {
    if (this.#interrupt.signal.aborted) process.exit(130);
    this.#interrupt.abort(new DOMException("Interrupted", "AbortError"));
  };

  override async catch(error: unknown): Promise<void> {
    await reportError(error, this.jsonEnabled());
  }

  override async finally(error: Error | undefined): Promise<void> {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.off(name, this.#onSignal);
    await super.finally(error);
  }

  /** Prints for a person: what comes from documents and questions must not steer the terminal. */
  override log(message = ""): void {
    super.log(visible(message));
  }

  /** Tells something besides the result, on stderr and without secrets: nobody asked for it. */
  protected async notice(message: string): Promise<void> {
    this.logToStderr(visible(await concealed(message)));
  }

  override logJson(value: unknown): void {
    process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  }
}
