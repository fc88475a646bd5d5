import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { isGoodStill } from "../store/keys.ts";
import { memberOf } from "../store/members.ts";
import { type LiveEvent, type Watcher, Watchers } from "./live.ts";

/** Who watches: as whom, by which key, in which role. */
interface Comer extends Pick<Watcher, "userId" | "via" | "role"> {
  readonly projectId: string;
}

const PING_MS = 20_000;

/**
 * Those who watch one project, and questions of it that wait for approval: thin, over live.ts. Nothing is kept: with no
 * watcher and no question it costs nothing, and a watcher who is cut off connects again.
 */
export class ProjectLive extends DurableObject<Env> {
  readonly #watchers = new Watchers();
  readonly #waiting = new Map<string, (approved: boolean) => void>();
  #ping: ReturnType<typeof setInterval> | undefined;

  /** Events as server-sent events, until the client leaves or has no part in the project any more; null when too many watch. */
  watch({ projectId, userId, via, role }: Comer): ReadableStream<Uint8Array> | null {
    const encoder = new TextEncoder();
    let watcher: Watcher | undefined;
    let added = false;
    const stream: ReadableStream<Uint8Array> = new ReadableStream({
      type: "bytes", // no other kind crosses to the Worker
      start: (controller: ReadableByteStreamController) => {
        watcher = {
          userId,
          via,
          role,
          waiting: () => -(controller.desiredSize ?? 0),
          send: (text) => controller.enqueue(encoder.encode(text)),
          end: () => controller.close(),
        };
        added = this.#watchers.add(watcher);
      },
      cancel: () => {
        if (watcher) this.#watchers.delete(watcher);
      },
    });
    if (!added) return null;
    this.#ping ??= setInterval(() => this.#tick(), PING_MS);
    this.ctx.waitUntil(this.#recheck({ projectId, userId, via, role }));
    return stream;
  }

  tell(event: LiveEvent): void {
    this.#watchers.tell(event);
  }

  /** Ends what one user, or everybody, watches. */
  drop(userId?: string): void {
    this.#watchers.drop((watcher) => userId === undefined || watcher.userId === userId);
  }

  /** Ends what was begun with a key that is good no longer. */
  dropKey(via: string): void {
    this.#watchers.drop((watcher) => watcher.via === via);
  }

  /** Waits for a decision; none in time is a refusal. */
  async approval(ask: string, seconds: number): Promise<boolean> {
    if (this.#waiting.has(ask)) return false;
    this.#watchers.tell({ event: "approval_needed", data: { ask, seconds } });
    const approved = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), seconds * 1000);
      this.#waiting.set(ask, (decision) => {
        clearTimeout(timer);
        resolve(decision);
      });
    });
    this.#waiting.delete(ask);
    this.#watchers.tell({ event: "approval_decided", data: { ask, approved } });
    return approved;
  }

  /** False when no such question waits. */
  decide(ask: string, approved: boolean): boolean {
    const decide = this.#waiting.get(ask);
    decide?.(approved);
    this.#waiting.delete(ask);
    return decide !== undefined;
  }

  /** Somebody may have been removed, or their key revoked, between the request's check and the watching. */
  async #recheck({ projectId, userId, via, role }: Comer): Promise<void> {
    const { DATABASE } = this.env;
    const [member, isGood] = await Promise.all([memberOf(DATABASE, projectId, userId), isGoodStill(DATABASE, via)]);
    if (member?.role !== role) this.drop(userId);
    if (!isGood) this.dropKey(via);
  }

  #tick(): void {
    this.#watchers.ping();
    if (this.#watchers.size > 0) return;
    clearInterval(this.#ping);
    this.#ping = undefined;
  }
}
