import { DurableObject } from "cloudflare:workers";
import { SESSION_MS, type Turn, withTurns } from "./session.ts";

/** One session of one user. Its turns are cleared on demand, and a day after the last change. */
export class SessionState extends DurableObject {
  async get(): Promise<Turn[]> {
    return (await this.ctx.storage.get<Turn[]>("turns")) ?? [];
  }

  async update(more: readonly Turn[]): Promise<Turn[]> {
    const turns = withTurns(await this.get(), more);
    await this.ctx.storage.put("turns", turns);
    await this.ctx.storage.setAlarm(Date.now() + SESSION_MS);
    return turns;
  }

  async clear(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
    await this.ctx.storage.deleteAll();
  }

  override async alarm(): Promise<void> {
    await this.clear();
  }
}
