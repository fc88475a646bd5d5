/** The adapters that the cloud keeps for this account. */
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal } from "../../../plugins/account/index.ts";
import type { AdapterCloud, Announcement } from "../../../plugins/lora/push/cloud.ts";
import type { Config } from "../config.ts";
import { openCloudApi } from "./account.ts";

const adapter = z.object({
  id: z.string(),
  name: z.string(),
  baseModel: z.string(),
  kind: z.enum(["gguf", "safetensors"]),
  rank: z.int(),
  sizeBytes: z.int(),
  sha256: z.string(),
  createdAt: z.number(),
  models: z.array(z.string()),
});
const list = z.object({ adapters: z.array(adapter), usedBytes: z.int(), quotaBytes: z.int() });
const upload = z.object({
  id: z.string(),
  state: z.enum(["uploading", "verifying", "ready"]),
  partBytes: z.int().check(z.gte(1)),
  parts: z.int(),
  received: z.array(z.int()),
});

/** An adapter in the cloud; `models`: those of the cloud that it can be asked with. */
export type CloudAdapter = z.infer<typeof adapter>;

/** A part on a slow way, and the verification of a large file; ms. */
const PART_MS = 300_000;
const COMPLETE_MS = 600_000;

/** @throws SynesisError CLOUD_* */
export async function listCloudAdapters(home: string, config: Config, signal: AbortSignal): Promise<z.infer<typeof list>> {
  return openCloudApi(home, config).get("/v1/loras", { schema: list, signal });
}

/** @throws SynesisError LORA_NOT_FOUND, CLOUD_* */
export async function findCloudAdapter(home: string, config: Config, name: string, signal: AbortSignal): Promise<CloudAdapter> {
  const { adapters } = await listCloudAdapters(home, config, signal);
  const found = adapters.find((one) => one.name === name || one.id === name);
  if (!found)
    throw new SynesisError("LORA_NOT_FOUND", `(${name.slice(0, 80)}, in the cloud)`, {
      next: "`synesis lora list --cloud` shows the adapters.",
    });
  return found;
}

/** Deletes an adapter in the cloud, with its bytes. @throws SynesisError LORA_NOT_FOUND, CLOUD_* */
export async function deleteCloudAdapter(home: string, config: Config, name: string, signal: AbortSignal): Promise<CloudAdapter> {
  const found = await findCloudAdapter(home, config, name, signal);
  await openCloudApi(home, config).delete(`/v1/loras/${found.id}`, { schema: z.unknown(), signal });
  return found;
}

export function adapterCloud(api: CloudApi): AdapterCloud<CloudAdapter> {
  return {
    async begin(announced: Announcement, signal) {
      try {
        // the same announcement begins the same upload, however often it is made
        return await api.post("/v1/loras", { body: announced, schema: upload, signal, idempotencyKey: announced.sha256 });
      } catch (error) {
        throw isRefusal(error, "conflict") ? taken(error) : error;
      }
    },
    async putPart(id, number, bytes, packed, signal) {
      const path = `/v1/loras/uploads/${id}/parts/${number}`;
      const headers: Record<string, string> = packed ? { "content-encoding": "gzip" } : {};
      try {
        await api.put(path, { body: bytes, headers, schema: z.unknown(), signal, timeoutMs: PART_MS });
      } catch (error) {
        if (!isRefusal(error, "conflict")) throw error; // somebody else brought the last part, and completes it
      }
    },
    async complete(id, signal) {
      const request = { schema: adapter, signal, idempotencyKey: id, timeoutMs: COMPLETE_MS };
      try {
        return await api.post(`/v1/loras/uploads/${id}/complete`, request);
      } catch (error) {
        if (isRefusal(error, "conflict")) return undefined;
        throw isRefusal(error, "checksum_wrong") ? new SynesisError("LORA_CHANGED", undefined, { cause: error }) : error;
      }
    },
    async discard(id) {
      await api.delete(`/v1/loras/${id}`, { schema: z.unknown() });
    },
    async describe(id, signal) {
      return api.get(`/v1/loras/${id}`, { schema: adapter, signal });
    },
  };
}

function isRefusal(error: unknown, code: string): error is CloudRefusal {
  return error instanceof CloudRefusal && error.cloudCode === code;
}

function taken(error: CloudRefusal): SynesisError {
  return new SynesisError("LORA_NAME_TAKEN", undefined, { cause: error });
}
