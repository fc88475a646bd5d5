/** Projects in the cloud, by their id or their name. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import type { CloudApi } from "../../../plugins/account/index.ts";
import { openCloudApi } from "../cloud/account.ts";
import { loadConfig } from "../config.ts";
import { homeFolder } from "../home.ts";
import { LONGEST, outgoing } from "./outgoing.ts";

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

/** The one project with this id or name, as it was typed or as it left this machine. @throws SynesisError PROJECT_NOT_FOUND, PROJECT_AMBIGUOUS */
export async function findProject(api: CloudApi, wanted: string, signal: AbortSignal): Promise<Project> {
  const projects = await listProjects(api, signal);
  const called = (text: string) => projects.filter(({ id, name }) => id === text || name === text);
  const typed = called(wanted);
  const found = typed.length > 0 || projects.length === 0 ? typed : called(await outgoing(wanted, LONGEST.name, signal));
  const [only] = found;
  if (!only) throw new SynesisError("PROJECT_NOT_FOUND", `(${wanted.slice(0, 100)})`);
  if (found.length > 1) throw new SynesisError("PROJECT_AMBIGUOUS", `(${found.map(({ id, role }) => `${id}, as ${role}`).join("; ")})`);
  return only;
}

/** The owner's adapters that a project groups. */
export async function adaptersOf(api: CloudApi, project: string, signal: AbortSignal): Promise<{ id: string; name: string }[]> {
  const schema = z.object({ adapters: z.array(z.object({ id: z.string(), name: z.string() })) });
  return (await api.get(`/v1/projects/${project}`, { schema, signal })).adapters;
}

/** Puts an adapter of one's own into a project, or takes it out. */
export async function groupAdapter(
  api: CloudApi,
  { project, adapter }: { readonly project: string; readonly adapter: string },
  way: "put" | "delete",
  signal: AbortSignal,
): Promise<void> {
  await api[way](`/v1/projects/${project}/contents/adapter/${encodeURIComponent(adapter)}`, { schema: done, signal });
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
