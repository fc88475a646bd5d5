import { DurableObject } from "cloudflare:workers";
import { type Env, ledgerOf } from "../env.ts";
import { CloudError, cloudErrorOf } from "../errors.ts";
import { withShared } from "../knowledge/with-shared.ts";
import type { HoldRequest, UsageCall } from "../ledger/ledger.ts";
import { asksInProject } from "../projects/ask.ts";
import { type Payer, payerOf } from "../projects/payer.ts";
import { adapterShelf } from "./adapters/shelf.ts";
import type { Listener } from "./deliberate.ts";
import { type EscalationAnswer, type EscalationEvent, type EscalationRequest, escalate, MOST_MS, type Till } from "./escalate.ts";
import { holdName } from "./hold-name.ts";
import { Repeats } from "./repeats.ts";
import { Unsettled } from "./unsettled.ts";

/** Escalations of one user that may be at work at a time. */
const AT_ONCE = 4;

/** An empty line asks whether anybody reads still; so long may the answer take. */
const STILL_THERE = new TextEncoder().encode("\n");
const ASK_MS = 2_000;
const LEAVE_MS = 6_000;

/** A question as it was sent. */
type AskedQuestion = EscalationRequest & { readonly shared: boolean };

/** A question that somebody waits for. */
interface Asking {
  readonly projectId: string | undefined;
  readonly stop: AbortController;
  readonly send: (event: EscalationEvent) => void;
}

/** The council in the cloud, one object a user: thin, over escalate.ts. */
export class CloudSynapse extends DurableObject<Env> {
  #atWork = 0;
  readonly #asked = new Set<Asking>();
  /** When each reader was last heard of. */
  readonly #seen = new Map<string, number>();
  readonly #repeats = new Repeats<EscalationAnswer>();
  readonly #unsettled = new Unsettled(this.ctx.storage, (id, { userId, calls }) => ledgerOf(this.env, userId).settle(id, calls));

  /**
   * Events as lines of JSON, the last of them an answer or an error. A reader that leaves stops the work; what it took
   * until then is settled. When a client leaves, its request ends in the Worker and nothing cancels this stream, nor does
   * it fill up: so the reader is asked, by an empty line, and answers with `stay`.
   */
  ask(
    userId: string,
    request: AskedQuestion,
    { reader, projectId }: { readonly reader: string; readonly projectId: string | undefined },
  ): ReadableStream<Uint8Array> {
    const stop = new AbortController();
    let left = false;
    const leave = () => {
      left = true;
      stop.abort(new DOMException("The client has left", "AbortError"));
    };
    const encoder = new TextEncoder();
    return new ReadableStream({
      type: "bytes", // no other kind crosses to the Worker
      start: (controller: ReadableByteStreamController) => {
        const send = (event: EscalationEvent) => {
          if (this.#seen.get(reader) === Number.POSITIVE_INFINITY) this.#seen.set(reader, Date.now());
          if (!left) controller.enqueue(encoder.encode(`${JSON.stringify(event)}\n`));
        };
        // Nobody is missed before the first event: a stream that has shown nothing may not be read yet.
        this.#seen.set(reader, Number.POSITIVE_INFINITY);
        const asking = setInterval(() => {
          if (Date.now() - (this.#seen.get(reader) ?? 0) > LEAVE_MS) leave();
          else if (!left) controller.enqueue(STILL_THERE);
        }, ASK_MS);
        const work = this.#answer(userId, request, { projectId, stop, send }).finally(() => {
          clearInterval(asking);
          this.#seen.delete(reader);
          if (!left) controller.close();
        });
        this.ctx.waitUntil(work);
      },
      cancel: leave,
    });
  }

  /** The reader of a stream of events is there. */
  async stay(reader: string): Promise<void> {
    if (this.#seen.has(reader)) this.#seen.set(reader, Date.now());
  }

  /** Stops what this user asks in a project that they have no part in any more. */
  stop(projectId: string): void {
    for (const { stop } of [...this.#asked].filter((asking) => asking.projectId === projectId)) stop.abort(new CloudError("not_found"));
  }

  /** Stops all that this user asks, whose account is closed. What it took until now is charged. */
  stopAll(): void {
    for (const { stop } of this.#asked) stop.abort(new CloudError("account_closed"));
  }

  async #answer(userId: string, request: AskedQuestion, asking: Asking): Promise<void> {
    const { projectId, stop, send } = asking;
    const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(MOST_MS)]);
    this.#asked.add(asking);
    try {
      // Read after the question is known here: whoever is removed from now on, `stop` finds.
      const payer = await payerOf(this.env, userId, projectId);
      const tell: Listener["tell"] = (data) => send({ event: "metadata", data });
      const attempt = async (number: number) => {
        const complete = request.shared ? await withShared(this.env, userId, request, projectId) : request;
        return this.#attempt(userId, complete, payer, number, { signal, tell });
      };
      const asked = { ...request, projectId }; // another project's question is another one
      send({ event: "answer", data: await this.#repeats.once(asked, signal, attempt) });
    } catch (error) {
      send({ event: "error", data: known(error, signal).body });
    } finally {
      this.#asked.delete(asking);
    }
  }

  async #attempt(
    userId: string,
    request: EscalationRequest,
    paying: Payer,
    number: number,
    { signal, tell }: Pick<Listener, "tell"> & { readonly signal: AbortSignal },
  ): Promise<EscalationAnswer> {
    if (this.#atWork >= AT_ONCE) throw new CloudError("rate_limited");
    this.#atWork += 1;
    const { userId: payer, project } = paying;
    const holdId = holdName({ userId, requestId: request.requestId, attempt: number, inProject: project !== undefined });
    const till = this.#tillOf(payer);
    const shelf = adapterShelf(this.env, userId, paying);
    try {
      if (!project) return await escalate(request, this.env, till, shelf, { signal, tell, holdId });
      const { work } = project;
      return await asksInProject(this.env, { userId, request, project, signal }, (asked, watched) => {
        const both: Listener["tell"] = (at) => {
          tell(at);
          watched.tell(at);
        };
        const { drafted } = watched;
        return escalate(asked, this.env, till, shelf, { signal, tell: both, drafted, holdId, work });
      });
    } finally {
      this.#atWork -= 1;
    }
  }

  /** A stub that has failed once may go on failing: each call has its own. */
  #tillOf(userId: string): Till {
    return {
      hold: (hold: HoldRequest) => ledgerOf(this.env, userId).hold(hold),
      note: (id: string, calls: readonly UsageCall[]) => this.ctx.waitUntil(this.#unsettled.note(id, { userId, calls })),
      settle: (id: string, calls: readonly UsageCall[]) => this.#unsettled.settle(id, { userId, calls }),
      release: (id: string) => ledgerOf(this.env, userId).release(id),
    };
  }

  /** What nobody settled, since the ledger failed or this object was ended, is settled now. */
  override async alarm(): Promise<void> {
    await this.#unsettled.settleLeftOver(Date.now());
  }
}

function known(error: unknown, { aborted, reason }: AbortSignal): CloudError {
  if (error instanceof CloudError) return error;
  if (aborted) return reason instanceof CloudError ? reason : new CloudError("timeout");
  return cloudErrorOf(error);
}
