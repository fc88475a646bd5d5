/**
 * Ending somebody's part in a project at once. The database is written first: whoever begins to watch or to ask afterwards
 * reads there that they may not, and what had begun before is ended here.
 */
import { type Env, liveOf, synapseOf } from "../env.ts";
import { viaKey } from "../store/keys.ts";
import { membersOf } from "../store/members.ts";
import { projectsOf } from "../store/projects.ts";

export async function dropMember(env: Env, projectId: string, userId: string): Promise<void> {
  await Promise.all([liveOf(env, projectId).drop(userId), synapseOf(env, userId).stop(projectId)]);
}

/** Ends what a user watches by a key that was revoked. */
export async function dropKey(env: Env, userId: string, keyId: string): Promise<void> {
  const projects = await projectsOf(env.DATABASE, userId);
  await Promise.all(projects.map(({ id }) => liveOf(env, id).dropKey(viaKey(keyId))));
}

/** Ends the part of everybody who has one before `work`. */
export async function dropEverybody(env: Env, projectId: string, work: () => Promise<void>): Promise<void> {
  const members = await membersOf(env.DATABASE, projectId);
  await work();
  await Promise.all(members.map(({ userId }) => dropMember(env, projectId, userId)));
}
