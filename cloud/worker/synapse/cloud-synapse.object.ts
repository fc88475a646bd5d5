import { DurableObject } from "cloudflare:workers";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { asksInProject } from "../projects/ask.ts";
import { payerOf } from "../projects/payer.ts";
import { adapterShelf } from "./adapters/shelf.ts";
import { type EscalationEvent, type EscalationRequest, escalate, MOST_MS, type Till } from "./escalate.ts";

/** Escalations of one user that may be at work at a time. */
const AT_ONCE = 4;

interface Work {
  readonly projectId: string | undefined;
  readonly stop: AbortController;
  readonly send: (event: EscalationEvent) => void;
}

/** The council in the cloud, one object a user: thin, over escalate.ts. */
export class CloudSynapse extends DurableObject<Env> {
  readonly #atWork = new Set<Work>();

  /**
   * Events as lines of JSON, the last of them an answer or an error. Cancelling the stream, as happens when the client
   * leaves, stops the work; what it took until then is settled.
   */
  ask(userId: string, request: EscalationRequest, projectId?: string): ReadableStream<Uint8Array> {
    const stop = new AbortController();
    const encoder = new TextEncoder();
    let left = false;
    return new ReadableStream({
      type: "bytes", // no other kind crosses to the Worker
      start: (controller: ReadableByteStreamController) => {
        const send = (event: EscalationEvent) => {
          if (!left) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        };
        const work = this.#work(userId, request, { projectId, stop, send }).finally(() => !left && controller.close());
        this.ctx.waitUntil(work);
      },
      cancel: () => {
        left = true;
        stop.abort(new DOMException("The client has left", "AbortError"));
      },
    });
  }

  /** Stops what this user asks in a project that they have no part in any more. */
  stop(projectId: string): void {
    for (const { stop } of [...this.#atWork].filter((work) => work.projectId === projectId)) stop.abort(new CloudError("not_found"));
  }

  async #work(userId: string, request: EscalationRequest, work: Work): Promise<void> {
    const { projectId, stop, send } = work;
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(MOST_MS)]);
    this.#atWork.add(work);
    try {
      if (this.#atWork.size > AT_ONCE) throw new CloudError("rate_limited");
      // Read after the work is known here: whoever is removed from now on, `stop` finds.
      const payer = await payerOf(this.env, userId, projectId);
      const till = ledgerOf(this.env, payer.userId);
      const ways: Till = {
        hold: (hold) => till.hold(hold),
        settle: (id, calls) => till.settle(id, calls),
        release: (id) => till.release(id),
      };
      const tell = (data: Extract<EscalationEvent, { event: "metadata" }>["data"]) => send({ event: "metadata", data });
      const { project } = payer;
      const shelf = adapterShelf(this.env, userId);
      const answer = project
        ? await asksInProject(this.env, { userId, request, project, signal }, (asked, watched) =>
            escalate(asked, this.env, ways, shelf, {
              signal,
              tell: (at) => {
                tell(at);
                watched.tell(at);
              },
              drafted: watched.drafted,
              holdId: `ask:${userId}:${request.requestId}`,
              work: project.work,
            }),
          )
        : await escalate(request, this.env, ways, shelf, { signal, tell, holdId: `ask:${request.requestId}` });
      send({ event: "answer", data: answer });
    } catch (error) {
      send({ event: "error", data: known(error, signal).body });
    } finally {
      this.#atWork.delete(work);
    }
  }
}

function known(error: unknown, { aborted, reason }: AbortSignal): CloudError {
  if (error instanceof CloudError) return error;
  if (aborted) return reason instanceof CloudError ? reason : new CloudError("timeout");
  return new CloudError("internal");
}
