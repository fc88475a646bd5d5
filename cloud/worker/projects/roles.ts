/** Who may do what in a project: the one table that every route asks. */
export const GUEST_ROLES = ["viewer", "commenter", "editor"] as const;
export type GuestRole = (typeof GUEST_ROLES)[number];

export const ROLES = [...GUEST_ROLES, "owner"] as const;
export type Role = (typeof ROLES)[number];

const everybody = ROLES;
const fromCommenter: readonly Role[] = ["commenter", "editor", "owner"];
const owner: readonly Role[] = ["owner"];

const ALLOWED = {
  "project.see": everybody,
  "project.watch": everybody,
  /** Ask the cloud at the owner's cost: a guest as far as the quota goes. */
  "project.ask": everybody,
  /** Ask with the adapters that the owner has put into the project. */
  "adapters.use": ["editor", "owner"],
  "project.change": owner,
  "project.delete": owner,
  /** Sees what the agents have drafted, besides what they decided. */
  "drafts.see": fromCommenter,
  "comments.see": everybody,
  "comments.add": fromCommenter,
  "instructions.change": ["editor", "owner"],
  "contents.change": owner,
  "knowledge.see": everybody,
  "knowledge.change": ["editor", "owner"],
  /** Decides whether a question may be asked. Not the owner, who is the one that asks for leave. */
  "approvals.decide": ["commenter", "editor"],
  "invites.manage": owner,
  "collaborators.see": owner,
  "collaborators.manage": owner,
  "project.leave": GUEST_ROLES,
  "audit.see": owner,
  "handover.manage": owner,
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof ALLOWED;

export function may(role: Role, action: Action): boolean {
  const allowed: readonly Role[] = ALLOWED[action];
  return allowed.includes(role);
}
