/**
 * Signing a device in (RFC 8628). The device shows a code; its user types it and a mail address on the page, and follows the
 * link in the mail, which shows the code again. So whoever reads the mail decides, and nobody has a password here.
 */
import * as z from "zod";
import { limitAddress } from "../auth/principal.ts";
import { parseScopes, SCOPES } from "../auth/scopes.ts";
import { CloudError } from "../errors.ts";
import { sendMail } from "../mail.ts";
import { makeKey } from "../store/keys.ts";
import { askByMail, decideLogin, LOGIN_MS, loginOfMail, POLL_SECONDS, pollLogin, startLogin } from "../store/logins.ts";
import { audit, userByEmail } from "../store/users.ts";
import { confirmPage, donePage, enterPage, sentPage } from "./device-pages.ts";
import { newRoutes, route } from "./route.ts";

const CLIENT = "synesis";
const GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const KEY_MS = 90 * 24 * 60 * 60_000;

const form = <Schema extends z.ZodType>(schema: Schema) => ({
  body: { required: true, content: { "application/x-www-form-urlencoded": { schema } } },
});

const Started = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string(),
  verification_uri_complete: z.string(),
  expires_in: z.int(),
  interval: z.int(),
});
const Token = z.object({ access_token: z.string(), token_type: z.literal("Bearer"), expires_in: z.int(), scope: z.string() });
const userCode = z.string().regex(/^[A-Za-z]{4}-[A-Za-z]{4}$/);

const start = route(
  {
    method: "post",
    path: "/v1/device/code",
    request: form(z.object({ client_id: z.literal(CLIENT), scope: z.string().max(200).optional() })),
  },
  null,
  Started,
);

const token = route(
  {
    method: "post",
    path: "/v1/device/token",
    request: form(z.object({ client_id: z.literal(CLIENT), grant_type: z.literal(GRANT), device_code: z.string().max(100) })),
  },
  null,
  Token,
);

export const deviceRoutes = newRoutes()
  .openapi(start, async (context) => {
    const { scope } = context.req.valid("form");
    const scopes = scope === undefined ? [...SCOPES] : parseScopes(scope);
    if (scopes.length === 0) throw new CloudError("invalid_request", "scope names nothing that there is.");
    const { deviceCode, userCode: code } = await startLogin(context.env.DATABASE, scopes, Date.now());
    const page = `${context.get("publicUrl")}/device`;
    return context.json(
      {
        device_code: deviceCode,
        user_code: code,
        verification_uri: page,
        verification_uri_complete: `${page}?user_code=${code}`,
        expires_in: LOGIN_MS / 1000,
        interval: POLL_SECONDS,
      },
      200,
    );
  })
  .openapi(token, async (context) => {
    const now = Date.now();
    const poll = await pollLogin(context.env.DATABASE, context.req.valid("form").device_code, now);
    // RFC 8628 gives these answers a form of their own.
    if (poll.state !== "approved") return context.json({ error: poll.state } as never, 400 as never);
    const key = await makeKey(context.env.DATABASE, { ...poll, name: "synesis", expiresAt: now + KEY_MS }, now);
    await audit(context.env.DATABASE, poll.userId, "login.done", key.id, now);
    const answer = { access_token: key.key, token_type: "Bearer" as const, expires_in: KEY_MS / 1000, scope: key.scopes.join(" ") };
    return context.json(answer, 200);
  });

deviceRoutes.get("/device", limitAddress, (context) => {
  const code = userCode.safeParse(context.req.query("user_code"));
  return context.html(enterPage(code.success ? code.data.toUpperCase() : ""));
});

const Entered = z.object({ user_code: userCode, email: z.email().max(254) });

deviceRoutes.post("/device", limitAddress, async (context) => {
  const { success, data } = Entered.safeParse(await context.req.parseBody());
  if (!success) throw new CloudError("invalid_request", "user_code and email are needed.");
  const code = await askByMail(context.env.DATABASE, data.user_code, data.email, Date.now());
  const text = `Somebody asks to sign a device in to SuperInstance with this address. Its code is ${data.user_code.toUpperCase()}.\n\nIf it was you, open this page and compare the code:\n${context.get("publicUrl")}/device/confirm?code=${code}\n\nIf not, do nothing: the request ends by itself.`;
  if (code) await sendMail(context.env, { to: data.email, subject: "Sign a device in to SuperInstance", text });
  return context.html(sentPage()); // the same whether there was such a code or not
});

deviceRoutes.get("/device/confirm", limitAddress, async (context) => {
  const code = context.req.query("code") ?? "";
  const login = await loginOfMail(context.env.DATABASE, code.slice(0, 100), Date.now());
  if (!login) throw new CloudError("not_found");
  return context.html(confirmPage(login.userCode, code.slice(0, 100)));
});

deviceRoutes.post("/device/confirm", limitAddress, async (context) => {
  const { code, decision } = await context.req.parseBody();
  const now = Date.now();
  const { DATABASE } = context.env;
  const login = await loginOfMail(DATABASE, typeof code === "string" ? code.slice(0, 100) : "", now);
  if (!login) throw new CloudError("not_found");
  const user = decision === "approve" ? await userByEmail(DATABASE, login.email, now) : null;
  if (!(await decideLogin(DATABASE, login.deviceHash, user?.id ?? null))) throw new CloudError("conflict");
  await audit(DATABASE, user?.id ?? null, user ? "login.approved" : "login.denied", login.userCode, now);
  return context.html(donePage(user !== null));
});
