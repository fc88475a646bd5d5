import { createPrivateKey, X509Certificate } from "node:crypto";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { writePrivateFile } from "../../pipeline/private-file.ts";
import type { Target } from "./link/transport.ts";

/** What this device is to the cloud. */
export interface Device {
  readonly identity: Target["identity"];
  readonly deviceId: string;
  readonly userId: string;
  /** Of the certificate, Unix times in ms. */
  readonly issued: number;
  readonly expires: number;
}

const PEM = /-----BEGIN (PRIVATE KEY|CERTIFICATE)-----[\s\S]+?-----END \1-----\n?/g;
const OWNER = /^URI:superinstance:\/\/user\/([\w.-]+)\/device\/([\w.-]+)$/;

/** Key, certificate and the CA of gateways in one file, so that they are never of different makes. */
const fileIn = (home: string) => join(home, "keys", "device.pem");

/** The device that this home is signed in as; undefined when it is not. @throws SynesisError DEVICE_UNKNOWN when the file is damaged */
export function loadDevice(home: string): Device | undefined {
  let text: string;
  try {
    text = readFileSync(fileIn(home), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new SynesisError("DEVICE_UNKNOWN", `(${fileIn(home)} cannot be read)`, { cause: error });
  }
  return parse(text, fileIn(home));
}

/** Keeps a device's identity, readable by its owner alone. @throws SynesisError DEVICE_UNKNOWN when the parts are no identity */
export function saveDevice(home: string, { key, cert, ca }: Target["identity"]): Device {
  const text = [key, cert, ca].map((part) => `${part.trim()}\n`).join("");
  const device = parse(text, "what was given");
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key)))
    throw new SynesisError("DEVICE_UNKNOWN", "(the certificate is of another key)");
  writePrivateFile(fileIn(home), text);
  return device;
}

/** False when there was none. @throws SynesisError HOME_UNUSABLE */
export function removeDevice(home: string): boolean {
  const there = existsSync(fileIn(home));
  try {
    rmSync(fileIn(home), { force: true });
  } catch (error) {
    throw new SynesisError("HOME_UNUSABLE", `(${fileIn(home)})`, { cause: error });
  }
  return there;
}

/** Whether two thirds of a certificate's life are over: time to get the next one, while there is time to try again. */
export function isDueForRenewal({ issued, expires }: Pick<Device, "issued" | "expires">, now: number): boolean {
  return now > issued + ((expires - issued) * 2) / 3;
}

function parse(text: string, what: string): Device {
  const [key, cert, ...cas] = Array.from(text.matchAll(PEM), ([block]) => block);
  const certificate = cert && key?.includes("PRIVATE KEY") && cas.length > 0 ? readCertificate(cert) : undefined;
  const [, userId, deviceId] = OWNER.exec(certificate?.subjectAltName ?? "") ?? [];
  if (!key || !cert || !certificate || !userId || !deviceId)
    throw new SynesisError("DEVICE_UNKNOWN", `(${what} is no identity of a device)`);
  const { validFromDate, validToDate } = certificate;
  return { identity: { key, cert, ca: cas.join("") }, deviceId, userId, issued: validFromDate.getTime(), expires: validToDate.getTime() };
}

function readCertificate(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}
