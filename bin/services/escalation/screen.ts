/** What a person sees while a model elsewhere works: the agent at work, and the text as it comes, with its values back. */
import { once } from "node:events";
import { type EscalationPiece, findTokens, formatToken, type Kernel, type Redacted } from "../../../kernel/index.ts";
import { createStreamReinflator, type StreamReinflator } from "../../../plugins/privacy/tokens/reinflate.ts";
import { ProgressLine } from "../progress.ts";
import { visible } from "../visible.ts";
import type { Workspace } from "../workspace.ts";

const DOING = { thinking: "thinks", responding: "writes", verifying: "checks" };

export class EscalationScreen {
  readonly #kernel: Kernel;
  readonly #signal: AbortSignal;
  readonly #streams: boolean;
  readonly #progress: ProgressLine;
  #text: StreamReinflator | undefined;
  #written = "";

  /** @param streams whether the text is shown as it comes. @param quiet whether nothing else is. */
  constructor({ kernel, signal }: Pick<Workspace, "kernel" | "signal">, streams: boolean, quiet: boolean) {
    this.#kernel = kernel;
    this.#signal = signal;
    this.#streams = streams;
    this.#progress = new ProgressLine(quiet);
  }

  /** Whether text was shown already. */
  get used(): boolean {
    return this.#written !== "";
  }

  /** Only tokens that the model was shown get their values back. Resolves when the terminal has room for more. */
  async tell(piece: EscalationPiece, shown: readonly Redacted[], session: string): Promise<void> {
    if (piece.type === "agent") return this.#progress.show(`${piece.agent} ${DOING[piece.phase]} …`);
    if (!this.#streams) return;
    this.#text ??= createStreamReinflator(valuesShown(this.#kernel, shown, session));
    await this.#write(this.#text.push(piece.text));
  }

  /** What is left at the end. */
  async end(): Promise<void> {
    this.#progress.clear();
    if (this.#text) await this.#write(this.#text.end());
    if (this.used && !this.#written.endsWith("\n")) await this.#write("\n");
  }

  async #write(text: string): Promise<void> {
    if (text === "") return;
    this.#progress.clear();
    this.#written = text;
    if (!process.stdout.write(visible(text)) && !this.#signal.aborted) await once(process.stdout, "drain", { signal: this.#signal });
  }
}

function valuesShown(kernel: Kernel, shown: readonly Redacted[], session: string): Parameters<typeof createStreamReinflator>[0] {
  const tokens = kernel.service("tokenVault").session(session);
  const allowed = new Set(shown.flatMap((text) => findTokens(text).map(({ start, end }) => text.slice(start, end))));
  return { valueOf: (type, number) => (allowed.has(formatToken(type, number)) ? tokens.valueOf(type, number) : undefined) };
}
