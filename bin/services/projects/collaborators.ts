import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { CloudApi } from "../../../plugins/account/index.ts";
import type { ROLES } from "./invites.ts";
import { done } from "./projects.ts";

const collaborator = z.object({
  userId: z.string(),
  email: z.string(),
  role: z.string(),
  quotaCents: z.int(),
  usedCents: z.number(),
  joinedAt: z.int(),
});
export type Collaborator = z.infer<typeof collaborator>;

export async function listCollaborators(api: CloudApi, project: string, signal: AbortSignal): Promise<Collaborator[]> {
  const schema = z.object({ collaborators: z.array(collaborator) });
  return (await api.get(`/v1/projects/${project}/collaborators`, { schema, signal })).collaborators;
}

/** @param wanted a user's id or mail address. @throws SynesisError COLLABORATOR_NOT_FOUND */
async function findGuest(api: CloudApi, project: string, wanted: string, signal: AbortSignal): Promise<Collaborator> {
  const guest = (await listCollaborators(api, project, signal)).find(
    ({ userId, email, role }) => role !== "owner" && (userId === wanted || email === wanted.toLowerCase()),
  );
  if (!guest) throw new SynesisError("COLLABORATOR_NOT_FOUND", `(${wanted.slice(0, 100)})`);
  return guest;
}

export async function removeCollaborator(api: CloudApi, project: string, wanted: string, signal: AbortSignal): Promise<Collaborator> {
  const guest = await findGuest(api, project, wanted, signal);
  await api.delete(`/v1/projects/${project}/collaborators/${guest.userId}`, { schema: done, signal });
  return guest;
}

export interface GuestChange {
  readonly role?: (typeof ROLES)[number] | undefined;
  readonly quotaCents?: number | undefined;
}

export async function changeCollaborator(
  api: CloudApi,
  { project, wanted }: { readonly project: string; readonly wanted: string },
  change: GuestChange,
  signal: AbortSignal,
): Promise<Collaborator> {
  const guest = await findGuest(api, project, wanted, signal);
  await api.put(`/v1/projects/${project}/collaborators/${guest.userId}`, { body: change, schema: done, signal });
  return { ...guest, role: change.role ?? guest.role, quotaCents: change.quotaCents ?? guest.quotaCents };
}

const comment = z.object({ id: z.int(), userId: z.string(), at: z.int(), text: z.string() });
export type Comment = z.infer<typeof comment>;

export async function addComment(api: CloudApi, project: string, text: string, signal: AbortSignal): Promise<Comment> {
  return api.post(`/v1/projects/${project}/comments`, { body: { text }, schema: comment, signal });
}

export async function commentsAfter(api: CloudApi, project: string, after: number, signal: AbortSignal): Promise<Comment[]> {
  const schema = z.object({ comments: z.array(comment) });
  return (await api.get(`/v1/projects/${project}/comments?after=${after}`, { schema, signal })).comments;
}

export async function decide(
  api: CloudApi,
  { project, ask }: { readonly project: string; readonly ask: string },
  approved: boolean,
  signal: AbortSignal,
): Promise<void> {
  await api.post(`/v1/projects/${project}/approvals/${encodeURIComponent(ask)}`, { body: { approved }, schema: done, signal });
}
