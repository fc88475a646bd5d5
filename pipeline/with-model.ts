import { type Call, SynesisError } from "../kernel/index.ts";
import { type CouncilRequest, type Deliberation, deliberate } from "./council.ts";

/** How a question was deliberated: by the agents' rules alone, or with a model. */
export interface Deliberated extends Deliberation {
  readonly mode: "embedded" | "generator";
  /** Why a model that was asked did not decide; absent when all went well. */
  readonly steppedDown?: SynesisError;
}

export interface ModelRules {
  /** Names the documents that must not reach the model. */
  readonly withholds?: (path: string) => boolean;
  /** Why the model is not asked; absent when it is. */
  readonly setAside?: SynesisError;
}

/** Deliberates without any model. */
export async function deliberateByRules(request: CouncilRequest): Promise<Deliberated> {
  return { ...(await deliberate(request)), mode: "embedded" };
}

/**
 * Deliberates by rules, which takes milliseconds; then again with the model, unless the rules forbid to answer or there
 * is nothing to answer from. When the model fails, what the rules found stands.
 *
 */
export async function deliberateWithModel(request: CouncilRequest, { withholds, setAside }: ModelRules = {}): Promise<Deliberated> {
  const byRules = await deliberateByRules(request);
  if (setAside) return { ...byRules, steppedDown: setAside };
  const council = withholds ? withoutWithheld(request, withholds) : request;
  if (byRules.outcome === "vetoed" || byRules.passages.every(({ path }) => withholds?.(path))) return byRules;
  const stop = new AbortController(); // one failed request ends the others
  const call: Call = { signal: AbortSignal.any([request.call.signal, stop.signal]), trace: request.call.trace };
  try {
    return { ...(await deliberate({ ...council, call, thinking: true })), mode: "generator" };
  } catch (error) {
    request.call.signal.throwIfAborted();
    if (!(error instanceof SynesisError)) throw error;
    if (!/^(?:GENERATOR|MODEL|DATABASE)_/.test(error.code)) throw error;
    return { ...byRules, steppedDown: error };
  } finally {
    stop.abort(new DOMException("The council has ended", "AbortError"));
  }
}

/** Neither the documents nor earlier answers, which may hold sentences of them. */
function withoutWithheld(request: CouncilRequest, withholds: (path: string) => boolean): CouncilRequest {
  const retrieve: CouncilRequest["retrieve"] = async (query) => (await request.retrieve(query)).filter(({ path }) => !withholds(path));
  return { ...request, history: [], retrieve };
}
