import { DurableObject } from "cloudflare:workers";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { adapterShelf } from "./adapters/shelf.ts";
import { type EscalationEvent, type EscalationRequest, escalate, MOST_MS } from "./escalate.ts";

/** Escalations of one user that may be at work at a time. */
const AT_ONCE = 4;

/** The council in the cloud, one object a user: thin, over escalate.ts. */
export class CloudSynapse extends DurableObject<Env> {
  #atWork = 0;

  /**
   * Events as lines of JSON, the last of them an answer or an error. Cancelling the stream, as happens when the client
   * leaves, stops the work; what it took until then is settled.
   */
  ask(userId: string, request: EscalationRequest): ReadableStream<Uint8Array> {
    const stop = new AbortController();
    const encoder = new TextEncoder();
    return new ReadableStream({
      type: "bytes", // no other kind crosses to the Worker
      start: (controller: ReadableByteStreamController) => {
        const send = (event: EscalationEvent) => {
          if (!stop.signal.aborted) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        };
        const work = this.#work(userId, request, stop, send).finally(() => !stop.signal.aborted && controller.close());
        this.ctx.waitUntil(work);
      },
      cancel: () => stop.abort(new DOMException("The client has left", "AbortError")),
    });
  }

  async #work(userId: string, request: EscalationRequest, stop: AbortController, send: (event: EscalationEvent) => void): Promise<void> {
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(MOST_MS)]);
    this.#atWork += 1;
    try {
      if (this.#atWork > AT_ONCE) throw new CloudError("rate_limited");
      const tell = (data: Extract<EscalationEvent, { event: "metadata" }>["data"]) => send({ event: "metadata", data });
      const till = ledgerOf(this.env, userId);
      const answer = await escalate(
        request,
        this.env,
        { hold: (hold) => till.hold(hold), settle: (id, calls) => till.settle(id, calls), release: (id) => till.release(id) },
        adapterShelf(this.env, userId),
        { signal, tell },
      );
      send({ event: "answer", data: answer });
    } catch (error) {
      const known = error instanceof CloudError ? error : new CloudError(signal.aborted ? "timeout" : "internal");
      send({ event: "error", data: known.body });
    } finally {
      this.#atWork -= 1;
    }
  }
}
