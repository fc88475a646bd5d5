/** Projects in the cloud, by their id or their name. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { CloudApi } from "../../../plugins/account/index.ts";
import { openCloudApi } from "../cloud/account.ts";
import { loadConfig } from "../config.ts";
import { homeFolder } from "../home.ts";
import { outgoing } from "./outgoing.ts";

const project = z.object({
  id: z.string(),
  name: z.string(),
  instructions: z.string(),
  budgetCents: z.nullable(z.int()),
  approval: z.boolean(),
  createdAt: z.int(),
  role: z.enum(["viewer", "commenter", "editor", "owner"]),
});
export type Project = z.infer<typeof project>;

export const done = z.object({ done: z.literal(true) });

/** The cloud, as this home's user. @throws SynesisError CLOUD_ADDRESS_MISSING, CLOUD_NOT_SIGNED_IN */
export function cloud(): CloudApi {
  const home = homeFolder();
  return openCloudApi(home, loadConfig(home));
}

export async function listProjects(api: CloudApi, signal: AbortSignal): Promise<Project[]> {
  return (await api.get("/v1/projects", { schema: z.object({ projects: z.array(project) }), signal })).projects;
}

/** The one project with this id or name, as it was typed or as it left this machine. @throws SynesisError PROJECT_NOT_FOUND */
export async function findProject(api: CloudApi, wanted: string, signal: AbortSignal): Promise<Project> {
  const projects = await listProjects(api, signal);
  const called = (text: string) => projects.filter(({ id, name }) => id === text || name === text);
  const typed = called(wanted);
  const found = typed.length > 0 || projects.length === 0 ? typed : called(await outgoing(wanted, signal));
  const [only] = found;
  if (only && found.length === 1) return only;
  const why = found.length > 1 ? `(${found.length} projects have this name: use an id.)` : `(${wanted.slice(0, 100)})`;
  throw new SynesisError("PROJECT_NOT_FOUND", why);
}

export async function createProject(
  api: CloudApi,
  body: { readonly name: string; readonly budgetCents: number | null },
  signal: AbortSignal,
): Promise<Project> {
  return api.post("/v1/projects", { body, schema: project, signal });
}

export interface ProjectChange {
  readonly name?: string | undefined;
  readonly budgetCents?: number | null | undefined;
  readonly approval?: boolean | undefined;
  readonly instructions?: string | undefined;
}

/** Changes what is given. */
export async function changeProject(
  api: CloudApi,
  id: string,
  { instructions, ...settings }: ProjectChange,
  signal: AbortSignal,
): Promise<void> {
  if (Object.values(settings).some((value) => value !== undefined))
    await api.put(`/v1/projects/${id}`, { body: settings, schema: done, signal });
  if (instructions !== undefined) await api.put(`/v1/projects/${id}/instructions`, { body: { text: instructions }, schema: done, signal });
}
