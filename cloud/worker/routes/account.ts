import * as z from "zod";
import { clearUser } from "../closed-users.ts";
import { ledgerOf } from "../env.ts";
import { CloudError } from "../errors.ts";
import { projectsOf } from "../store/projects.ts";
import { closeUser, userById } from "../store/users.ts";
import { json, newRoutes, route } from "./route.ts";

const Closed = z.object({
  closed: z.literal(true),
  unbilledNanoDollars: z.int().describe("What is charged and not on an invoice yet: whole cents of it are billed now"),
  creditsNanoDollars: z.int().describe("What was paid in advance and not used: it is given back on request"),
});

/** An account is closed by whoever knows its address and has a key for this. */
export const accountRoutes = newRoutes().openapi(
  route({ method: "delete", path: "/v1/account", request: json(z.strictObject({ email: z.email().max(254) })) }, "account", Closed),
  async (context) => {
    const { userId } = context.get("principal");
    const { DATABASE } = context.env;
    const user = await userById(DATABASE, userId);
    if (user?.email !== context.req.valid("json").email.toLowerCase()) throw new CloudError("invalid_request", "email: not the account's.");
    const { unbilled, credits } = await ledgerOf(context.env, userId).balance();
    const now = Date.now();
    if (!(await closeUser(DATABASE, userId, now))) {
      const owned = (await projectsOf(DATABASE, userId)).filter(({ role }) => role === "owner").length;
      throw new CloudError("conflict", `Hand over or remove your projects first: ${owned}.`);
    }
    // What of it fails, the hourly run does.
    await clearUser(context.env, userId, now).catch(() => undefined);
    return context.json({ closed: true as const, unbilledNanoDollars: unbilled, creditsNanoDollars: credits }, 200);
  },
);
