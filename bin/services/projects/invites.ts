import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { CloudApi } from "../../../plugins/account/index.ts";
import { done } from "./projects.ts";

export const ROLES = ["viewer", "commenter", "editor"] as const;
const role = z.enum(ROLES);

const fields = {
  id: z.string(),
  role,
  quotaCents: z.int(),
  single: z.boolean(),
  uses: z.int(),
  createdAt: z.int(),
  expiresAt: z.int(),
  state: z.string(),
};
const invite = z.object(fields);
export type Invite = z.infer<typeof invite>;

const newInvite = z.object({ ...fields, token: z.string(), url: z.string() });
export type NewInvite = z.infer<typeof newInvite>;

const joined = z.object({ projectId: z.string(), name: z.string(), role, quotaCents: z.int() });
export type Joined = z.infer<typeof joined>;

export interface InviteTerms {
  readonly role: (typeof ROLES)[number];
  readonly quotaCents: number;
  readonly expiresHours: number;
  readonly single: boolean;
}

export async function createInvite(api: CloudApi, project: string, body: InviteTerms, signal: AbortSignal): Promise<NewInvite> {
  return api.post(`/v1/projects/${project}/invites`, { body, schema: newInvite, signal });
}

export async function listInvites(api: CloudApi, project: string, signal: AbortSignal): Promise<Invite[]> {
  return (await api.get(`/v1/projects/${project}/invites`, { schema: z.object({ invites: z.array(invite) }), signal })).invites;
}

/** @param invited a link, a token, or for revoking an invite's id */
export async function revokeInvite(api: CloudApi, invited: string, signal: AbortSignal): Promise<string> {
  const id = /^([\w-]{16})(?:\.[\w-]{43})?$/.exec(tokenIn(invited))?.[1];
  if (id === undefined) throw new SynesisError("INVITE_INVALID");
  await api.delete(`/v1/invites/${id}`, { schema: done, signal });
  return id;
}

export async function acceptInvite(api: CloudApi, invited: string, signal: AbortSignal): Promise<Joined> {
  const url = URL.canParse(invited) ? new URL(invited) : undefined;
  // A token is good at the cloud that it comes from alone, and no other is to learn it.
  if (url && url.origin !== api.url)
    throw new SynesisError("INVITE_INVALID", `(It is for ${url.origin}, and you are signed in to ${api.url}.)`);
  const token = tokenIn(invited);
  if (!/^[\w-]{16}\.[\w-]{43}$/.test(token)) throw new SynesisError("INVITE_INVALID");
  return api.post("/v1/invites/accept", { body: { token }, schema: joined, signal });
}

function tokenIn(invited: string): string {
  return /\/join\/([^/?#]+)$/.exec(invited)?.[1] ?? invited;
}
