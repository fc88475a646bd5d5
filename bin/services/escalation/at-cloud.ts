/** What a question to the cloud is to use of the account's: a project, an adapter, what is shared. */
import { type CloudItem, SynesisError } from "../../../kernel/index.ts";
import type { Escalating } from "../../../pipeline/escalate/escalate.ts";
import { openCloudApi } from "../cloud/account.ts";
import { findCloudAdapter } from "../cloud/adapters.ts";
import { adaptersOf, findProject } from "../projects/projects.ts";
import type { Workspace } from "../workspace.ts";
import { askedElsewhere } from "./asked-elsewhere.ts";

export interface Named {
  readonly project?: string | undefined;
  readonly lora?: string | undefined;
  readonly shared?: boolean | undefined;
}

/** What leaves the question here: it could be answered without the cloud. */
const CLOUD_GONE: readonly string[] = ["CLOUD_UNREACHABLE", "CLOUD_FAILED"];

/**
 * Looks both up now, so that a wrong name is told before anything is asked. A cloud that is not there is told when it
 * would be needed.
 *
 * @throws SynesisError PROJECT_NOT_FOUND, LORA_NOT_FOUND, CLOUD_NOT_SIGNED_IN, USAGE
 */
export async function findAtCloud(workspace: Workspace, named: Named): Promise<NonNullable<Escalating["atCloud"]>> {
  const asked = askedElsewhere(workspace.config);
  if (asked !== "cloud" && asked !== "")
    throw new SynesisError("USAGE", `--project, --shared, and --lora with --cloud, are the cloud's; ${asked} would be asked.`);
  try {
    const found = await find(workspace, named);
    return async () => found;
  } catch (error) {
    if (!(error instanceof SynesisError) || !CLOUD_GONE.includes(error.code)) throw error;
    return () => Promise.reject(error);
  }
}

/** One's own adapter first, then one that the project's owner has put into the project. */
async function find({ home, config, signal }: Workspace, { project, lora, shared }: Named) {
  const item = ({ id, name }: CloudItem): CloudItem => ({ id, name });
  const [inProject, own] = await Promise.all([
    project === undefined ? undefined : findProject(openCloudApi(home, config), project, signal),
    lora === undefined ? undefined : findCloudAdapter(home, config, lora, signal).catch(missing),
  ]);
  const lent = inProject && own instanceof SynesisError ? await adaptersOf(openCloudApi(home, config), inProject.id, signal) : [];
  const adapter = own instanceof SynesisError ? lent.find(({ id, name }) => name === lora || id === lora) : own;
  if (own instanceof SynesisError && !adapter) throw own;
  return { ...(inProject && { project: item(inProject) }), ...(adapter && { adapter: item(adapter) }), ...(shared && { shared }) };
}

function missing(error: unknown): SynesisError {
  if (error instanceof SynesisError && error.code === "LORA_NOT_FOUND") return error;
  throw error;
}
