/** Documents that are shared with the cloud: what one may be, whose it is, and the limits. */
import * as z from "zod";
import { findTokens } from "../../../kernel/index.ts";
import { CloudError } from "../errors.ts";
import { holdsSecret } from "../sessions/session.ts";

/** Chunks of one document, and of all that one scope shares. */
const MAX_CHUNKS = 1000;
export const MAX_SCOPE_CHUNKS = 20_000;

const Chunk = z.strictObject({ heading: z.string().max(500), text: z.string().trim().min(1).max(8000) });
export type SharedChunk = z.infer<typeof Chunk>;

export const NewDocument = z.strictObject({ name: z.string().trim().min(1).max(200), chunks: z.array(Chunk).min(1).max(MAX_CHUNKS) });
export type NewDocument = z.infer<typeof NewDocument>;

/** Whose documents: one user's, or one project's. It is the namespace of their vectors as well: 44 bytes of 64. */
export type Scope = `user/${string}` | `project/${string}`;
export const scopeOfUser = (userId: string): Scope => `user/${userId}`;
export const scopeOfProject = (projectId: string): Scope => `project/${projectId}`;

export interface DocumentRow {
  readonly id: string;
  readonly scope: Scope;
  readonly name: string;
  readonly chunks: number;
  readonly createdAt: number;
  readonly state: "waiting" | "ready" | "removed";
}

/** The name of one chunk's vector. */
export const vectorId = (documentId: string, number: number): string => `${documentId}.${number}`;

/** @throws CloudError not_redacted; invalid_request for tokens, which mean something on the machine alone that made them */
export function assertShareable({ name, chunks }: NewDocument): void {
  const texts = [name, ...chunks.flatMap(({ heading, text }) => [heading, text])];
  if (texts.some(holdsSecret)) throw new CloudError("not_redacted");
  if (texts.some((text) => findTokens(text).length > 0)) throw new CloudError("invalid_request", "chunks: a text holds a token.");
}
