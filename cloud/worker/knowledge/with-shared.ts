import type { Env } from "../env.ts";
import type { EscalationRequest } from "../synapse/escalate.ts";
import { scopeOfProject, scopeOfUser } from "./document.ts";
import { findShared } from "./find.ts";

/**
 * The question with what is found for it in what is shared: with the project where it is one of a project, with the account
 * where it is not, so that those who watch a project see nothing of somebody's own. Nothing is held yet when it fails.
 *
 * @throws CloudError knowledge_off, unavailable
 */
export async function withShared(
  env: Env,
  userId: string,
  request: EscalationRequest,
  projectId: string | undefined,
): Promise<EscalationRequest> {
  const scope = projectId === undefined ? scopeOfUser(userId) : scopeOfProject(projectId);
  const found = (await findShared(env, scope, request.question)).map(({ name, heading, text }) => ({ name, heading, text }));
  return { ...request, passages: [...request.passages, ...found.map(({ heading, text }) => ({ heading, text }))], found };
}
