import { type Generated, type GenerateRequest, type Generator, SynesisError } from "../../../kernel/index.ts";
import type { TokenCount } from "../money/price-call.ts";
import { estimateTokens } from "./choose-model.ts";

/** A generator whose every call is counted, also one that ends before the provider has said what it took. */
export interface MeteredGenerator extends Generator {
  readonly calls: readonly TokenCount[];
  /** For how long any call was open: what of the time was the provider's and the way there; ms. */
  readonly openMs: number;
  /** Resolves when no call is open any longer, or after a moment: one that is broken off is counted as it ends. */
  ended(): Promise<unknown>;
}

const MOMENT_MS = 2_000;
/** A call may have taken several answers, until one kept the form. */
const MOST_ANSWERS = 4;

/**
 * A call that is broken off has been paid for: what was sent, and what came of the answer, are counted by estimate. A call
 * whose provider failed before its first word is not. A count that cannot be is no count: the estimate takes its place.
 *
 * @param limits what has been held: more calls are refused, and none is given more tokens for its answer
 * @param client aborted when the client has left
 * @param note told of all calls so far, whenever there is one more
 */
export function meteredGenerator(
  generator: Generator,
  { mostCalls, mostTokens }: { readonly mostCalls: number; readonly mostTokens: number },
  client: AbortSignal,
  note: (calls: readonly TokenCount[]) => void,
): MeteredGenerator {
  const calls: TokenCount[] = [];
  const count = (call: TokenCount) => {
    calls.push(call);
    note(calls);
  };
  const open = new Set<Promise<void>>();
  let begun = 0;
  let [openSince, openMs] = [0, 0];
  return {
    model: generator.model,
    context: generator.context,
    calls,
    get openMs() {
      return openMs;
    },
    ended: () => Promise.race([Promise.all(open), new Promise((resolve) => setTimeout(resolve, MOMENT_MS))]),
    async *generate(request: GenerateRequest): AsyncGenerator<Generated> {
      begun += 1;
      if (begun > mostCalls) throw new SynesisError("GENERATOR_FAILED", "The request has had all its calls.");
      const { promise, resolve: end } = Promise.withResolvers<void>();
      if (open.size === 0) openSince = Date.now();
      open.add(promise);
      const sent = request.messages.reduce((sum, { content }) => sum + content.length, 0);
      let characters = 0;
      const estimate = () => ({ in: estimateTokens(sent), out: estimateTokens(characters) });
      let counted = false;
      let answered = false;
      try {
        for await (const piece of generator.generate({ ...request, maxTokens: Math.min(request.maxTokens, mostTokens) })) {
          answered = true;
          if (piece.type === "text") characters += piece.text.length;
          else {
            count(believed(piece.tokens, estimate(), MOST_ANSWERS * generator.context));
            counted = true;
          }
          yield piece;
        }
      } finally {
        const broken = client.aborted || answered;
        if (!counted && broken) count(estimate());
        open.delete(promise);
        if (open.size === 0) openMs += Date.now() - openSince;
        end();
      }
    },
  };
}

/** What a provider says that it took, as far as it can be: whole tokens, some where there was text, and no more than it has room for. */
function believed(told: TokenCount, estimate: TokenCount, most: number): TokenCount {
  const one = (count: number, estimated: number) =>
    Number.isSafeInteger(count) && count >= Math.min(1, estimated) && count <= most ? count : estimated;
  return { in: one(told.in, estimate.in), out: one(told.out, estimate.out) };
}
