/** How a provider takes adapters, as the deployment's settings say it. A provider without a way takes none. */
import * as z from "zod";
import { type AdapterRow, folderOf } from "../../adapters/adapter.ts";

const common = {
  takes: z.array(z.enum(["gguf", "safetensors"])).default(["safetensors"]),
  maxRank: z.int().min(1).default(64),
};

export const AdapterWay = z.discriminatedUnion("kind", [
  /**
   * As vLLM does: the server is told to load a folder and to unload it, and an adapter is then asked for as a model. `path`
   * says where the server sees the bucket's folder: `{folder}` stands for it. `slots`: adapters that it holds at a time.
   */
  z.strictObject({ kind: z.literal("load"), path: z.string().regex(/\{folder\}/), slots: z.int().min(1).max(1000), ...common }),
  /** As LoRAX and Workers AI do: each request names the adapter, in fields beside the model; `{folder}` and `{id}` are filled in. */
  z.strictObject({ kind: z.literal("fields"), fields: z.record(z.string(), z.string()), ...common }),
]);

export type AdapterWay = z.infer<typeof AdapterWay>;

type Named = Pick<AdapterRow, "id" | "userId">;

/** What an adapter is called on a server that loads it. */
export const servedName = ({ id }: Pick<AdapterRow, "id">): string => `si-${id}`;

export function fillIn(template: string, adapter: Named): string {
  return template.replaceAll("{folder}", folderOf(adapter)).replaceAll("{id}", adapter.id);
}
