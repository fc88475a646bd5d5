/**
 * Asks the cloud's council over the link to it. A request is tried again, under the same id, only where that can help: the
 * cloud does requests of one id once, so nothing is paid twice.
 */
import { definePlugin, type Plugin, SynesisError } from "../../kernel/index.ts";
import { askProvider, type ProviderPiece } from "../../pipeline/escalate/ask-provider.ts";
import { textsOf } from "../../pipeline/escalate/brief.ts";

export interface EscalationOptions {
  /** Told of the host and the exact bytes before they are sent; when it throws, nothing is sent. */
  readonly beforeSending: (host: string, bytes: Uint8Array) => void;
  /** Silence after which the cloud is given up, in ms. */
  readonly idleMs: number;
  readonly attempts: number;
  /** Before the second attempt, in ms. */
  readonly pauseMs: number;
}

/** A link that broke or could not be opened. A refused sign-in, a limit or a veto is the same the next time. */
const PASSING: readonly string[] = ["TUNNEL_UNREACHABLE", "TUNNEL_INTERRUPTED", "TUNNEL_TIMEOUT"];

export function escalation({ beforeSending, idleMs, attempts, pauseMs }: EscalationOptions): Plugin {
  return definePlugin({
    name: "escalation",
    api: 1,
    text: "redacted",
    taps: ["escalate"],
    requires: ["cloudLink"],
    setup(context) {
      context.tap("escalate", async (brief, stream, call) => {
        let sent = 0;
        const noteSending: EscalationOptions["beforeSending"] = (host, bytes) => {
          beforeSending(host, bytes);
          sent = textsOf(brief).reduce((sum, text) => sum + text.length, 0);
        };
        async function* open(signal: AbortSignal): AsyncGenerator<ProviderPiece> {
          const options = { signal, timeoutMs: idleMs, beforeSending: noteSending };
          for await (const piece of context.service("cloudLink").escalate(brief, options)) {
            if (piece.type !== "end") yield piece;
            else {
              const { type, ...told } = piece;
              yield { type, told };
            }
          }
        }
        const answer = await askProvider({
          brief,
          model: brief.model,
          stream,
          call,
          open,
          explain: (error) => (error instanceof SynesisError ? error : new SynesisError("ESCALATION_FAILED", undefined, { cause: error })),
          mayRepeat: ({ code }) => PASSING.includes(code),
          attempts,
          pauseMs,
          idleMs,
          sentCharacters: () => sent,
        });
        return { ...answer, via: "cloud" };
      });
    },
  });
}
