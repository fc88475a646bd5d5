import * as z from "zod/mini";
import type { Config } from "../config.ts";
import { openCloudApi } from "./account.ts";

const price = z.object({ in: z.number(), out: z.number() });
const models = z.object({
  models: z.array(z.object({ id: z.string(), context: z.int(), strength: z.number(), price, adapters: z.boolean() })),
});

/** A model of the cloud; prices in US dollars for a million tokens. */
export type CloudModel = z.infer<typeof models>["models"][number];

/** @throws SynesisError CLOUD_* */
export async function listCloudModels(home: string, config: Config, signal: AbortSignal): Promise<CloudModel[]> {
  return (await openCloudApi(home, config).get("/v1/models", { schema: models, signal })).models;
}
