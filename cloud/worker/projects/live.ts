/** Watching a project: what is told as its questions are decided, and who gets which part of it. Texts are redacted. */
import type { AgentAtWork, DraftInRound } from "../synapse/deliberate.ts";
import { type Action, may, type Role } from "./roles.ts";

export type LiveEvent =
  /** The first one: from here on everything is told. */
  | { readonly event: "watching"; readonly data: { readonly role: Role } }
  | { readonly event: "asked"; readonly data: { readonly ask: string; readonly userId: string; readonly question: string } }
  /** The question waits until somebody who may approve it has decided, so many seconds at most. */
  | { readonly event: "approval_needed"; readonly data: { readonly ask: string; readonly seconds: number } }
  | { readonly event: "approval_decided"; readonly data: { readonly ask: string; readonly approved: boolean } }
  | { readonly event: "metadata"; readonly data: AgentAtWork & { readonly ask: string } }
  | { readonly event: "draft"; readonly data: DraftInRound & { readonly ask: string } }
  | {
      readonly event: "verdict";
      readonly data: {
        readonly ask: string;
        readonly outcome: string;
        readonly reason: string;
        readonly score: number;
        readonly rounds: number;
        readonly content: string | null;
      };
    }
  | { readonly event: "failed"; readonly data: { readonly ask: string; readonly code: string } }
  | {
      readonly event: "comment";
      readonly data: { readonly id: number; readonly userId: string; readonly at: number; readonly text: string };
    };

/** What it takes to see an event, besides watching. */
const NEEDS: Partial<Record<LiveEvent["event"], Action>> = { draft: "drafts.see", comment: "comments.see" };

/** Watchers of one project, and bytes that may wait for one of them. */
export const MAX_WATCHERS = 100;
export const MAX_WAITING = 64 * 1024;

export interface Watcher {
  readonly userId: string;
  /** The key by which they came. */
  readonly via: string;
  readonly role: Role;
  /** Bytes that have not been taken yet. */
  waiting(): number;
  send(text: string): void;
  /** Ends the watching; what is sent afterwards is lost. */
  end(): void;
}

const textOf = ({ event, data }: LiveEvent) => `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;

/** Fans events out. Who takes them too slowly is dropped: nobody waits for a watcher. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();

  get size(): number {
    return this.#watchers.size;
  }

  /** False when there are too many. */
  add(watcher: Watcher): boolean {
    if (this.#watchers.size >= MAX_WATCHERS) return false;
    this.#watchers.add(watcher);
    watcher.send(textOf({ event: "watching", data: { role: watcher.role } }));
    return true;
  }

  delete(watcher: Watcher): void {
    this.#watchers.delete(watcher);
  }

  tell(event: LiveEvent): void {
    const needed = NEEDS[event.event];
    this.#send(textOf(event), ({ role }) => !needed || may(role, needed));
  }

  /** A comment of the protocol, by which both ends notice that the other is gone. */
  ping(): void {
    this.#send(":\n\n", () => true);
  }

  /** Ends the watching of whoever is meant. */
  drop(isMeant: (watcher: Pick<Watcher, "userId" | "via">) => boolean): void {
    for (const watcher of this.#watchers) if (isMeant(watcher)) this.#end(watcher);
  }

  #send(text: string, sees: (watcher: Watcher) => boolean): void {
    for (const watcher of this.#watchers) {
      if (!sees(watcher)) continue;
      if (watcher.waiting() > MAX_WAITING) this.#end(watcher);
      else watcher.send(text);
    }
  }

  #end(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    watcher.end();
  }
}
