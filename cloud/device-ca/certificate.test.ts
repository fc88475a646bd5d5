import { createPrivateKey, X509Certificate } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createCa, createServerCertificate, signDeviceRequest } from "./certificate.ts";
import { readAll } from "./der.ts";
import { parseIdentityUri } from "./identity.ts";
import { fromPem, toPem } from "./pem.ts";
import { createDeviceRequest } from "./request.ts";

const IDENTITY = { userId: "u-1", deviceId: "d-1" };

test("a device's certificate says whose it is, is signed by the CA, and fits the key that never left", async () => {
  const ca = await createCa("devices");
  const { key, request } = await createDeviceRequest("d-1");
  const cert = new X509Certificate(await signDeviceRequest(ca, request, IDENTITY));
  const issuer = new X509Certificate(ca.cert);
  expect(cert.checkIssued(issuer)).toBe(true);
  expect(cert.verify(issuer.publicKey)).toBe(true);
  expect(cert.checkPrivateKey(createPrivateKey(key))).toBe(true);
  expect(parseIdentityUri(cert.subjectAltName?.replace("URI:", "") ?? "")).toEqual(IDENTITY);
  expect(cert.ca).toBe(false);
  expect(issuer.ca).toBe(true);
  expect(cert.validToDate.getTime() - Date.now()).toBeGreaterThan(89 * 86_400_000);
});

test("a server's certificate carries its names", async () => {
  const { cert } = await createServerCertificate(await createCa("servers"), ["gateway.example", "localhost"]);
  expect(new X509Certificate(cert).checkHost("localhost")).toBe("localhost");
});

test("a request that is not signed by its own key is refused", async () => {
  const [ca, mine, other] = [await createCa("devices"), await createDeviceRequest("d-1"), await createDeviceRequest("d-1")];
  const [a, b] = [mine.request, other.request].map((pem) =>
    readAll(readAll(fromPem("CERTIFICATE REQUEST", pem))[0]?.contents ?? new Uint8Array()),
  );
  const bytes = new Uint8Array(fromPem("CERTIFICATE REQUEST", mine.request));
  const signature = b?.[2]?.whole ?? new Uint8Array();
  if (a?.[2]?.whole.length === signature.length) bytes.set(signature, bytes.length - signature.length);
  else bytes[60] = (bytes[60] ?? 0) ^ 1;
  await expect(signDeviceRequest(ca, toPem("CERTIFICATE REQUEST", bytes), IDENTITY)).rejects.toThrow();
});

test("bytes that are no request are refused; a changed one gets a certificate only for the key that signed it", async () => {
  const ca = await createCa("devices");
  const { key, request } = await createDeviceRequest("d-1");
  const good = fromPem("CERTIFICATE REQUEST", request);
  const changed = fc
    .tuple(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }))
    .map(([at, change]) => good.map((byte, i) => (i === at ? byte ^ change : byte)));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array(), changed), async (bytes) => {
      const cert = await signDeviceRequest(ca, toPem("CERTIFICATE REQUEST", bytes), IDENTITY).catch((error) => error as Error);
      expect(cert instanceof Error || new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test.each(["a/b", "", "ü", "x".repeat(65), "a\n"])("an id %j is refused", async (deviceId) => {
  const { request } = await createDeviceRequest("d");
  await expect(signDeviceRequest(await createCa("devices"), request, { userId: "u", deviceId })).rejects.toThrow("characters");
});
