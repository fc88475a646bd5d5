/** The adapters that users keep in the cloud: what is known of each, and the limits. */

/** Bytes of every part of an upload but the last: the least that R2 takes. */
export const PART_BYTES = 5 * 1024 * 1024;
/** Bytes of one adapter, and of all that one user keeps or uploads. */
export const MAX_ADAPTER_BYTES = 2 * 1024 ** 3;
export const MAX_USER_BYTES = 8 * 1024 ** 3;
/** An upload that is not completed in this time is discarded; ms. */
export const UPLOAD_MS = 24 * 60 * 60_000;
/** Whoever verifies an upload has this long before another may; ms. */
export const VERIFY_MS = 10 * 60_000;

export interface NewAdapter {
  readonly name: string;
  readonly baseModel: string;
  readonly kind: "gguf" | "safetensors";
  readonly rank: number;
  /** PEFT's configuration, as far as a server needs it. */
  readonly config: Readonly<Record<string, unknown>> | null;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A row of the table. */
export interface AdapterRow extends Omit<NewAdapter, "config"> {
  readonly id: string;
  readonly userId: string;
  readonly config: string | null;
  readonly state: "uploading" | "verifying" | "ready";
  readonly uploadId: string | null;
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

export const partsOf = ({ sizeBytes }: Pick<AdapterRow, "sizeBytes">): number => Math.ceil(sizeBytes / PART_BYTES);

/** Bytes of one part, or undefined when there is none with this number (from 1). */
export function partLength(row: Pick<AdapterRow, "sizeBytes">, number: number): number | undefined {
  if (!(number >= 1 && number <= partsOf(row))) return undefined;
  return Math.min(PART_BYTES, row.sizeBytes - (number - 1) * PART_BYTES);
}

/** The folder in R2: a server of models that mounts the bucket finds there what PEFT would have written. */
export const folderOf = ({ userId, id }: Pick<AdapterRow, "userId" | "id">): string => `users/${userId}/${id}`;

export function keysOf(row: Pick<AdapterRow, "userId" | "id" | "kind">): { readonly file: string; readonly config: string } {
  const file = row.kind === "gguf" ? "adapter.gguf" : "adapter_model.safetensors";
  return { file: `${folderOf(row)}/${file}`, config: `${folderOf(row)}/adapter_config.json` };
}
