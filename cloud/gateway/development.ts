import { generateKeyPairSync } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCa, createServerCertificate, signDeviceRequest } from "../device-ca/certificate.ts";
import { createDeviceRequest } from "../device-ca/request.ts";

/** The files of a development gateway, all PEM. */
const FILES = {
  caKey: "ca.key",
  caCert: "ca.crt",
  key: "gateway.key",
  cert: "gateway.crt",
  signingKey: "signing.key",
  signingPublic: "signing.pub",
};
export type DevelopmentFiles = Record<keyof typeof FILES, string>;

/** A CA, a gateway's certificate for localhost and a signing key in `folder`; what is there already stays. */
export async function prepareDevelopment(folder: string): Promise<DevelopmentFiles> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const paths = Object.fromEntries(Object.entries(FILES).map(([name, file]) => [name, join(folder, file)])) as DevelopmentFiles;
  if (!existsSync(paths.signingPublic)) {
    const ca = await createCa("SuperInstance development");
    const server = await createServerCertificate(ca, ["localhost"]);
    const signing = generateKeyPairSync("ed25519", {
      privateKeyEncoding: { type: "pkcs8", format: "pem" },
      publicKeyEncoding: { type: "spki", format: "pem" },
    });
    const texts = { caKey: ca.key, caCert: ca.cert, ...server, signingKey: signing.privateKey, signingPublic: signing.publicKey };
    for (const [name, text] of Object.entries(texts)) writeFileSync(paths[name as keyof DevelopmentFiles], text, { mode: 0o600 });
  }
  return paths;
}

/** A device's key and certificate by the development CA, as `NAME.key` and `NAME.crt` in `folder`. */
export async function addDevelopmentDevice(folder: string, deviceId: string, userId: string): Promise<{ key: string; cert: string }> {
  const files = await prepareDevelopment(folder);
  const ca = { key: readFileSync(files.caKey, "utf8"), cert: readFileSync(files.caCert, "utf8") };
  const { key, request } = await createDeviceRequest(deviceId);
  const cert = await signDeviceRequest(ca, request, { userId, deviceId });
  const paths = { key: join(folder, `${deviceId}.key`), cert: join(folder, `${deviceId}.crt`) };
  writeFileSync(paths.key, key, { mode: 0o600 });
  writeFileSync(paths.cert, cert, { mode: 0o600 });
  return paths;
}
