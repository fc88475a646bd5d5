import * as z from "zod";
import { NANO_PER_DOLLAR } from "../money/nano-dollars.ts";
import { priceAt } from "../money/prices.ts";
import { MODELS } from "../synapse/models.ts";
import { offeredModels, providersOf } from "../synapse/providers/providers.ts";
import { newRoutes, route } from "./route.ts";

const price = z.object({ in: z.number(), out: z.number() }).describe("US dollars for a million tokens, before any charge.");
const Model = z.object({
  id: z.string(),
  context: z.int().describe("Tokens that question, passages and answer may have together."),
  strength: z.number().describe("How hard a question it is for, from 0 to 1."),
  price,
  adapters: z.boolean().describe("Whether a provider of it takes adapters."),
});

/** The models that can be asked now: those that some provider offers and that have a price. */
export const modelRoutes = newRoutes().openapi(
  route({ method: "get", path: "/v1/models" }, "ask", z.object({ models: z.array(Model) })),
  async ({ env, json }) => {
    const offered = offeredModels(env);
    const taking = providersOf(env).flatMap((provider) => (provider.adapters ? Object.keys(provider.models) : []));
    const models = MODELS.flatMap((model) => {
      const found = offered.includes(model.id) ? priceAt(model.id, Date.now()) : undefined;
      if (!found) return [];
      return [
        { ...model, price: { in: found.in / NANO_PER_DOLLAR, out: found.out / NANO_PER_DOLLAR }, adapters: taking.includes(model.id) },
      ];
    });
    return json({ models }, 200);
  },
);
