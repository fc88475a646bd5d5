/** Who a request comes from: a bearer token, or a gateway's signed statement; and how much they may ask for. */
import type { Context, MiddlewareHandler } from "hono";
import { IDENTITY_HEADER, type IdentityStatement, STATEMENT_SECONDS } from "../../wire/identity-header.ts";
import type { AppEnv } from "../env.ts";
import { CloudError } from "../errors.ts";
import { principalOfKey } from "../store/keys.ts";
import { type Accepted, useStatement } from "../store/statements.ts";
import { verifyIdentity } from "./gateway-identity.ts";
import { DEVICE_SCOPES, type Principal, type Scope } from "./scopes.ts";

/** What a request counts against. */
type Limit = "USER_LIMIT" | "PART_LIMIT";

/** Lets a request pass whose sender has the scope and has not asked for too much. */
export function requireScope(scope: Scope, limit?: Limit): MiddlewareHandler<AppEnv> {
  return async (context, next) => {
    context.set("principal", await authorise(context, scope, limit));
    await next();
  };
}

/** Who asks, if they have the scope and have not asked for too much. @throws CloudError */
export async function authorise(context: Context<AppEnv>, scope: Scope, limit: Limit = "USER_LIMIT"): Promise<Principal> {
  const principal = await identify(context);
  if (!principal) throw new CloudError("unauthenticated");
  const { success } = await context.env[limit].limit({ key: principal.userId });
  if (!success) throw new CloudError("rate_limited");
  if (!principal.scopes.includes(scope)) throw new CloudError("forbidden", `Scope: ${scope}.`);
  return principal;
}

/** For what nobody need be signed in to: so many requests of one address. */
export const limitAddress: MiddlewareHandler<AppEnv> = async (context, next) => {
  const key = context.req.header("cf-connecting-ip") ?? "unknown";
  const { success } = await context.env.ADDRESS_LIMIT.limit({ key });
  if (!success) throw new CloudError("rate_limited");
  await next();
};

async function identify(context: Context<AppEnv>): Promise<Principal | undefined> {
  const statement = context.req.header(IDENTITY_HEADER);
  if (statement !== undefined) return byStatement(context, statement);
  const [, token] = /^Bearer (\S{1,256})$/.exec(context.req.header("authorization") ?? "") ?? [];
  return token ? principalOfKey(context.env.DATABASE, token, Date.now()) : undefined;
}

async function byStatement(context: Context<AppEnv>, header: string): Promise<Principal | undefined> {
  const statement = await acceptStatement(context, header);
  const userId = statement?.owner;
  return userId ? { userId, scopes: DEVICE_SCOPES, via: `device ${statement.deviceId}`, deviceId: statement.deviceId } : undefined;
}

/** Lets a gateway pass that asks for itself: its statement names no user. */
export const requireGateway: MiddlewareHandler<AppEnv> = async (context, next) => {
  const header = context.req.header(IDENTITY_HEADER);
  const statement = header === undefined ? undefined : await acceptStatement(context, header);
  if (statement?.userId !== "" || statement.deviceId !== "") throw new CloudError("unauthenticated");
  await next();
};

/** What our gateway says of this request, once. */
async function acceptStatement({ env, req }: Context<AppEnv>, header: string): Promise<(IdentityStatement & Accepted) | undefined> {
  if (!env.GATEWAY_KEY) return undefined;
  const now = Date.now();
  const request = { method: req.method, path: req.path, idempotencyKey: req.header("idempotency-key") ?? "", now };
  const statement = await verifyIdentity(header, env.GATEWAY_KEY, request);
  const accepted = statement && (await useStatement(env.DATABASE, statement, now, STATEMENT_SECONDS * 1000));
  return accepted && { ...statement, ...accepted };
}
