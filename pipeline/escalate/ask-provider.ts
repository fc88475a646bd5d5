/**
 * One question to a provider, whichever it is: tried again only where nothing can have been done, cut off when it falls
 * silent or the user has had enough, and whatever came, and what that took, is given also when it ends badly.
 */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type Call,
  type CloudPiece,
  type Escalation,
  type EscalationBrief,
  type EscalationStream,
  SynesisError,
} from "../../kernel/index.ts";

/** What a provider's adapter gives: pieces as they come, counts as it learns them, and the end once. */
export type ProviderPiece =
  | Exclude<CloudPiece, { type: "end" }>
  | { readonly type: "usage"; readonly model?: string; readonly tokens: { readonly in?: number; readonly out?: number } }
  | { readonly type: "end"; readonly told?: Partial<Omit<Escalation, "requestId" | "text">> };

export interface Asking {
  readonly brief: EscalationBrief;
  /** The model as the provider knows it. */
  readonly model: string;
  readonly stream: EscalationStream;
  readonly call: Call;
  /** Begins an attempt; ends soon after its signal is aborted. */
  readonly open: (signal: AbortSignal) => AsyncIterable<ProviderPiece>;
  /** What came over the adapter's lips, as an error of the table. */
  readonly explain: (error: unknown) => SynesisError;
  /** Whether such an error means that nothing was done, so that it may be asked again. */
  readonly mayRepeat: (error: SynesisError) => boolean;
  readonly attempts: number;
  /** Before the second attempt, in ms; then twice as long. */
  readonly pauseMs: number;
  /** Silence after which the provider is given up, in ms. */
  readonly idleMs: number;
  /** Characters of what was sent, once it was, for an estimate where the provider does not count. */
  readonly sentCharacters: () => number;
}

/** More text than this is a provider gone mad. */
const MOST_TEXT = 4 * 1024 * 1024;
/** A generous estimate where nobody counted. */
const CHARACTERS_PER_TOKEN = 3;

/** @throws SynesisError ESCALATION_*, TUNNEL_* when nothing came at all */
export async function askProvider(asking: Asking): Promise<Escalation> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = new Answer(asking);
    const fault = await answer.take();
    // One that was given up was sent: that nothing came yet does not mean that nothing is paid.
    if (!fault || answer.begun || asking.stream.cancelled.aborted) return answer.result(fault);
    if (attempt >= asking.attempts || !asking.mayRepeat(fault)) throw fault;
    await sleep(asking.pauseMs * 2 ** (attempt - 1), undefined, { signal: asking.stream.cancelled }).catch(() => {});
  }
}

/** What came so far. */
class Answer {
  readonly #asking: Asking;
  #text = "";
  #model: string | undefined;
  #tokens: { in?: number; out?: number } = {};
  #told: Partial<Omit<Escalation, "requestId" | "text">> = {};

  constructor(asking: Asking) {
    this.#asking = asking;
  }

  /** Whether something came that cost something. */
  get begun(): boolean {
    return this.#text !== "" || this.#tokens.in !== undefined || this.#tokens.out !== undefined;
  }

  /** Takes pieces to the end; gives why there was none. */
  async take(): Promise<SynesisError | undefined> {
    const { open, explain, idleMs, stream, call } = this.#asking;
    const silent = new AbortController();
    const listen = () => setTimeout(() => silent.abort(new SynesisError("ESCALATION_TIMEOUT", `(no word for ${idleMs / 1000} s)`)), idleMs);
    let silence = listen();
    const signal = AbortSignal.any([silent.signal, stream.cancelled, call.signal]);
    // A stream that is aborted may throw, or just end.
    const givenUp = () => {
      if (stream.cancelled.aborted || call.signal.aborted) return new SynesisError("INTERRUPTED");
      return silent.signal.aborted ? (silent.signal.reason as SynesisError) : undefined;
    };
    try {
      signal.throwIfAborted();
      for await (const piece of open(signal)) {
        if (piece.type === "end") {
          this.#told = piece.told ?? {};
          return undefined;
        }
        clearTimeout(silence);
        await this.#note(piece);
        signal.throwIfAborted();
        silence = listen(); // the time that whoever reads takes is not the provider's
      }
      return givenUp() ?? new SynesisError("ESCALATION_FAILED", "The answer stopped before its end.");
    } catch (error) {
      return givenUp() ?? explain(error);
    } finally {
      clearTimeout(silence);
    }
  }

  async #note(piece: Exclude<ProviderPiece, { type: "end" }>): Promise<void> {
    if (piece.type === "usage") {
      this.#tokens = { ...this.#tokens, ...piece.tokens };
      this.#model = piece.model ?? this.#model;
      return;
    }
    if (piece.type === "text") this.#text += piece.text;
    if (this.#text.length > MOST_TEXT) throw new SynesisError("ESCALATION_FAILED", "The model wrote without end.");
    if (piece.type !== "text" || piece.text !== "") await this.#asking.stream.tell(piece);
  }

  result(fault: SynesisError | undefined): Escalation {
    const { brief, model, sentCharacters } = this.#asking;
    const estimate = (characters: number) => Math.ceil(characters / CHARACTERS_PER_TOKEN);
    const { in: counted, out } = this.#tokens;
    // A count of the answer that came before its end is of what was written by then.
    const whole = fault === undefined && counted !== undefined && out !== undefined;
    const tokens = { in: counted ?? estimate(sentCharacters()), out: Math.max(out ?? 0, whole ? 0 : estimate(this.#text.length)) };
    return {
      requestId: brief.requestId,
      text: this.#text,
      model: this.#model ?? model,
      tokens,
      ...(whole || this.#told.tokens ? {} : { estimated: true }),
      ...this.#told,
      ...(fault && { fault }),
    };
  }
}
