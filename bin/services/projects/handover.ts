import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal } from "../../../plugins/account/index.ts";

const fields = {
  id: z.string(),
  projectId: z.string(),
  state: z.string(),
  toEmail: z.string(),
  includeLoras: z.boolean(),
  includeKnowledge: z.boolean(),
  createdAt: z.int(),
  expiresAt: z.int(),
};
const handover = z.object(fields);
export type Handover = z.infer<typeof handover>;
const started = z.object({ ...fields, token: z.string() });

export interface HandoverTerms {
  readonly toEmail: string;
  readonly includeLoras: boolean;
  readonly includeKnowledge: boolean;
}

const TOKEN = /^[\w-]{16}(?:\.[\w-]{43})?$/;

/** Whether it can be accepted: only the token, not its id alone. */
export const isAcceptable = (text: string): boolean => isToken(text) && text.includes(".");

const isToken = (text: string): boolean => TOKEN.test(text);

export async function startHandover(
  api: CloudApi,
  project: string,
  body: HandoverTerms,
  signal: AbortSignal,
): Promise<z.infer<typeof started>> {
  return api.post(`/v1/projects/${project}/handover`, { body, schema: started, signal });
}

export async function handoverStatus(api: CloudApi, token: string, signal: AbortSignal): Promise<Handover> {
  return concerning(api.get(pathOf(token), { schema: handover, signal }));
}

export async function cancelHandover(api: CloudApi, token: string, signal: AbortSignal): Promise<Handover> {
  return concerning(api.delete(pathOf(token), { schema: handover, signal }));
}

/** Says yes; may be repeated until the handover is completed. */
export async function acceptHandover(api: CloudApi, token: string, signal: AbortSignal): Promise<Handover> {
  try {
    return await concerning(api.post("/v1/handovers/accept", { body: { token }, schema: handover, signal }));
  } catch (error) {
    if (!(error instanceof CloudRefusal && error.cloudCode === "conflict")) throw error;
    const now = await handoverStatus(api, token, signal);
    if (now.state === "accepted") return now;
    throw error;
  }
}

/** Takes the project over: from now on it is this user's alone. */
export async function completeHandover(api: CloudApi, { id }: Handover, signal: AbortSignal): Promise<Handover> {
  return api.post(`/v1/handovers/${id}/complete`, { schema: handover, signal });
}

/** The cloud shows a handover to the two whom it concerns, and does not tell anybody else whether there is one. */
async function concerning<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof CloudRefusal && error.status === 404)) throw error;
    throw new SynesisError("CLOUD_REFUSED", "There is no such handover that you may see.", {
      next: "Copy the whole token, and sign in with the address that it was sent to: `synesis cloud login`.",
      cause: error,
    });
  }
}

function pathOf(token: string): string {
  if (!isToken(token)) throw new SynesisError("USAGE", "A handover's token is needed, as `synesis handover start` or the mail shows it.");
  // The id alone: the rest is for accepting.
  return `/v1/handovers/${token.slice(0, 16)}`;
}
