import { generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { type IdentityStatement, readIdentity, writeIdentity } from "./identity-header.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");
const spki = new Uint8Array(publicKey.export({ type: "spki", format: "der" }));
const NOW = 1_000_000_000_000;
const STATEMENT: IdentityStatement = {
  userId: "u",
  deviceId: "d",
  gatewayId: "g",
  method: "POST",
  path: "/p",
  idempotencyKey: "",
  issuedUnixMs: NOW,
  nonce: "n",
};
const header = writeIdentity(STATEMENT, (bytes) => sign(null, bytes, privateKey));
const [version, body = "", signature = ""] = header.split(".");
const read = (text: string, more: object = {}, key = spki) =>
  readIdentity(text, key, { method: "POST", path: "/p", nowUnixMs: NOW, ...more });

test("a statement of the gateway is read as it was written", async () => {
  expect(await read(header)).toEqual(STATEMENT);
});

test.each<[string, string, object]>([
  ["for another path", header, { path: "/other" }],
  ["for another method", header, { method: "GET" }],
  ["that is too old", header, { nowUnixMs: NOW + 61_000 }],
  ["from the future", header, { nowUnixMs: NOW - 61_000 }],
  ["with another body", `${version}.${body.replace(/^./, "f")}.${signature}`, {}],
  ["with another signature", `${version}.${body}.${signature.replace(/^./, (char) => (char === "A" ? "B" : "A"))}`, {}],
  ["without a signature", `${version}.${body}.`, {}],
  ["that is empty", "", {}],
  ["that is very long", `v1.${"A".repeat(100_000)}.${signature}`, {}],
])("one %s is not accepted", async (_, text, more) => {
  expect(await read(text, more)).toBeUndefined();
});

test("one of another key is not accepted", async () => {
  const other = new Uint8Array(generateKeyPairSync("ed25519").publicKey.export({ type: "spki", format: "der" }));
  expect(await read(header, {}, other)).toBeUndefined();
});
