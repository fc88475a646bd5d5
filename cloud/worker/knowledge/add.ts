import { hashOf } from "../auth/secrets.ts";
import type { Env } from "../env.ts";
import { CloudError } from "../errors.ts";
import { assertShareable, type DocumentRow, MAX_SCOPE_CHUNKS, type NewDocument, type Scope } from "./document.ts";
import { findSame, insertDocument } from "./table.ts";

/**
 * Keeps a document's texts, in the place of another of its name. One that is there as it is stays.
 *
 * @returns what is now there, and the documents whose vectors are to be brought or taken away
 * @throws CloudError not_redacted, invalid_request, knowledge_full
 */
export async function add(
  { DATABASE }: Pick<Env, "DATABASE">,
  whose: { readonly scope: Scope; readonly userId: string },
  document: NewDocument,
): Promise<{ readonly row: DocumentRow; readonly toSettle: readonly string[] }> {
  assertShareable(document);
  const hash = await hashOf(JSON.stringify(document.chunks));
  const same = await findSame(DATABASE, whose.scope, document.name, hash);
  if (same) return { row: same, toSettle: [] };
  const inserted = await insertDocument(DATABASE, { ...whose, id: crypto.randomUUID(), hash, now: Date.now() }, document);
  if (!inserted) throw new CloudError("knowledge_full", `All shared documents together may have ${MAX_SCOPE_CHUNKS} chunks.`);
  return { row: inserted.row, toSettle: [inserted.row.id, ...inserted.replaced] };
}
