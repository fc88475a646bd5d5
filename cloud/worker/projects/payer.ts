/** Whose account pays for a question, and how far: the user's own, or a project's owner's. */
import { type Env, ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import type { ProjectWork } from "../ledger/project-use.ts";
import { NANO_PER_CENT } from "../money/nano-dollars.ts";
import { membersOf } from "../store/members.ts";
import { projectOf } from "../store/projects.ts";
import { may, type Role } from "./roles.ts";

export interface Payer {
  readonly userId: string;
  /** Set for a question of a project. */
  readonly project?: {
    readonly work: ProjectWork;
    /** Of who asks. */
    readonly role: Role;
    readonly instructions: string;
    /** Whether the question may only be asked when somebody has approved it. */
    readonly approval: boolean;
  };
}

/** @throws CloudError not_found for who has no part in the project; wrong_tier where nobody need approve what cannot be asked */
export async function payerOf(env: Env, userId: string, projectId: string | undefined): Promise<Payer> {
  if (projectId === undefined) return { userId };
  const payer = await ownerOf(env, userId, projectId);
  if (payer.project?.approval && (await ledgerOf(env, payer.userId).balance()).tier === "byok") throw asksByItself();
  return payer;
}

/** On byok nothing is asked here. */
export const asksByItself = () => new CloudError("wrong_tier", "On byok a device asks by itself, with its owner's own key.");

async function ownerOf({ DATABASE }: Env, userId: string, projectId: string): Promise<Payer> {
  const [project, members] = await Promise.all([projectOf(DATABASE, userId, projectId), membersOf(DATABASE, projectId)]);
  const self = members.find((member) => member.userId === userId);
  const owner = members.find(({ role }) => role === "owner");
  if (!project || !self || !owner) throw new CloudError("not_found");
  if (!may(self.role, "project.ask")) throw new CloudError("forbidden", `Role: ${self.role}.`);
  const guest = self === owner ? null : { id: `${userId}/${self.grantId}`, quota: self.quotaCents * NANO_PER_CENT };
  const budget = project.budgetCents === null ? null : project.budgetCents * NANO_PER_CENT;
  return {
    userId: owner.userId,
    project: {
      work: { project: projectId, budget, guest },
      role: self.role,
      instructions: project.instructions,
      approval: project.approval && !may(self.role, "approvals.decide"),
    },
  };
}
