import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openForReceiver, parseReceiver, receiverText, receivingKey, sealForReceiver } from "./index.ts";

const receiver = generateKeyPairSync("x25519");
const text = receiverText(receiver.privateKey);

test("what is sealed for a receiver comes back to them, and says nothing to others", () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from("ada@example.org"), Buffer.alloc(300_000, 7)]) {
    const sealed = sealForReceiver(bytes, parseReceiver(text));
    expect(openForReceiver(sealed, receiver.privateKey).equals(bytes)).toBe(true);
    expect(sealed.includes("ada@example.org")).toBe(false);
    const unreadable = expect.objectContaining({ code: "BUNDLE_VALUES_UNREADABLE" });
    expect(() => openForReceiver(sealed, generateKeyPairSync("x25519").privateKey)).toThrow(unreadable);
  }
});

test("wherever a byte is changed or cut off it opens no more", () => {
  const sealed = sealForReceiver(Buffer.from("ada@example.org"), parseReceiver(text));
  const refused = (bytes: Buffer) =>
    expect(() => openForReceiver(bytes, receiver.privateKey)).toThrow(expect.objectContaining({ code: "BUNDLE_VALUES_UNREADABLE" }));
  for (let at = 0; at < sealed.length; at++) {
    // The highest bit of an X25519 key is not looked at; the key is part of what is agreed on all the same.
    refused(Buffer.from(sealed.map((byte, i) => (i === at ? byte ^ 0x80 : byte))));
    refused(sealed.subarray(0, at));
  }
  refused(Buffer.alloc(sealed.length)); // a point of low order
});

test("a receiver's key with a slip of the pen is none", () => {
  const letters = [..."abcXYZ019-_"];
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom(...letters), (at, letter) => {
      const other = `${text.slice(0, at)}${letter}${text.slice(at + 1)}`;
      if (other !== text) expect(() => parseReceiver(other)).toThrow(expect.objectContaining({ code: "RECEIVER_INVALID" }));
    }),
  );
  for (const other of ["", text.slice(0, -1), `${text}A`, "receiver_"])
    expect(() => parseReceiver(other)).toThrow(expect.objectContaining({ code: "RECEIVER_INVALID" }));
});

test("a home has one such key, which only its owner can read", () => {
  const home = mkdtempSync(join(tmpdir(), "receiver-"));
  expect(receiverText(receivingKey(home))).toBe(receiverText(receivingKey(home)));
  const file = join(home, "keys", "handover-receiver.pem");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, "garbage");
  expect(() => receivingKey(home)).toThrow(expect.objectContaining({ code: "BUNDLE_KEY_INVALID" }));
});
