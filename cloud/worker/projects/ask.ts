/** A question of a project: with its instructions, after its approval, and watched while it is decided. */
import { type Env, liveOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import type { Listener } from "../synapse/deliberate.ts";
import type { EscalationAnswer, EscalationRequest } from "../synapse/escalate.ts";
import type { LiveEvent } from "./live.ts";
import type { Payer } from "./payer.ts";

interface Asked {
  readonly userId: string;
  readonly request: EscalationRequest;
  readonly project: NonNullable<Payer["project"]>;
  readonly signal: AbortSignal;
}

type Decide = (request: EscalationRequest, watched: Listener) => Promise<EscalationAnswer>;

/** @throws CloudError approval_declined, and what `decide` throws */
export async function asksInProject(env: Env, { userId, request, project, signal }: Asked, decide: Decide): Promise<EscalationAnswer> {
  const { requestId: ask, question } = request;
  const live = liveOf(env, project.work.project);
  // Nobody waits for those who watch, and what they miss changes nothing.
  const tell = (event: LiveEvent) => void live.tell(event).catch(() => undefined);
  tell({ event: "asked", data: { ask, userId, question } });
  try {
    if (project.approval && !(await approved(live, ask, env, signal))) throw new CloudError("approval_declined");
    const answer = await decide(
      { ...request, instructions: project.instructions },
      {
        tell: (at) => tell({ event: "metadata", data: { ask, ...at } }),
        drafted: (draft) => tell({ event: "draft", data: { ask, ...draft } }),
      },
    );
    const { outcome, reason, score, rounds, content } = answer;
    tell({ event: "verdict", data: { ask, outcome, reason, score, rounds, content } });
    return answer;
  } catch (error) {
    tell({ event: "failed", data: { ask, code: error instanceof CloudError ? error.code : "internal" } });
    throw error;
  }
}

/** Whoever asked may leave while it waits; then nobody need decide. */
async function approved(live: ReturnType<typeof liveOf>, ask: string, env: Env, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const withdraw = () => void live.decide(ask, false).catch(() => undefined);
  signal.addEventListener("abort", withdraw, { once: true });
  try {
    return await live.approval(ask, Number(env.APPROVAL_SECONDS));
  } finally {
    signal.removeEventListener("abort", withdraw);
    signal.throwIfAborted();
  }
}
