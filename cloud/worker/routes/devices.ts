/** Devices: each has a key of its own, which never comes here, and a certificate for it by our CA. */
import * as z from "zod";
import { requireGateway } from "../auth/principal.ts";
import { certify, renew } from "../devices/certify.ts";
import { CloudError } from "../errors.ts";
import { addDevice, listDevices, MAX_DEVICES, revokeDevice, revokedDevices } from "../store/devices.ts";
import { audit } from "../store/users.ts";
import { json, newRoutes, route } from "./route.ts";

const request = z.string().min(1).max(4000).describe("PKCS#10, PEM");
const NewDevice = z.strictObject({ request, name: z.string().trim().min(1).max(64).default("device") });
const Certified = z.object({
  deviceId: z.string(),
  userId: z.string(),
  certificate: z.string(),
  ca: z.string(),
  gateway: z.string(),
  expiresAt: z.number(),
});
const Device = z.object({ id: z.string(), name: z.string(), createdAt: z.number(), expiresAt: z.number() });
const params = { params: z.object({ id: z.string().max(64) }) };

export const devicesRoutes = newRoutes()
  .openapi(route({ method: "get", path: "/v1/devices" }, "devices", z.object({ devices: z.array(Device) })), async (context) => {
    return context.json({ devices: await listDevices(context.env.DATABASE, context.get("principal").userId) }, 200);
  })
  .openapi(route({ method: "post", path: "/v1/devices", request: json(NewDevice) }, "devices", Certified), async (context) => {
    const { userId } = context.get("principal");
    const { request, name } = context.req.valid("json");
    const { DATABASE } = context.env;
    if ((await listDevices(DATABASE, userId)).length >= MAX_DEVICES) throw new CloudError("conflict", `${MAX_DEVICES} devices are in use.`);
    const certified = await certify(context.env, request, { userId, deviceId: crypto.randomUUID() });
    const { deviceId: id, expiresAt } = certified;
    const createdAt = Date.now();
    await addDevice(DATABASE, userId, { id, name, createdAt, expiresAt });
    await audit(DATABASE, userId, "device.added", id, createdAt);
    return context.json(certified, 200);
  })
  .openapi(
    route(
      { method: "post", path: "/v1/devices/{id}/renewal", request: { ...params, ...json(z.strictObject({ request })) } },
      "devices",
      Certified,
    ),
    async (context) => {
      const { userId } = context.get("principal");
      const { id: deviceId } = context.req.valid("param");
      return context.json(await renew(context.env, context.req.valid("json").request, { userId, deviceId }), 200);
    },
  )
  .openapi(
    route({ method: "delete", path: "/v1/devices/{id}", request: params }, "devices", z.object({ revoked: z.literal(true) })),
    async (context) => {
      const { userId } = context.get("principal");
      const { id } = context.req.valid("param");
      if (!(await revokeDevice(context.env.DATABASE, userId, id, Date.now()))) throw new CloudError("not_found");
      await audit(context.env.DATABASE, userId, "device.revoked", id, Date.now());
      return context.json({ revoked: true as const }, 200);
    },
  );

/** For gateways alone, which ask often: who is no longer to be let in. */
devicesRoutes.get("/v1/gateway/revocations", requireGateway, async (context) =>
  context.json({ revoked: await revokedDevices(context.env.DATABASE, Date.now()) }),
);
