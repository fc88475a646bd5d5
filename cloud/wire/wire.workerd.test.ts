import { expect, test } from "vitest";
import { FrameDecoder } from "./frames.ts";
import { decodeMessage, encodeMessage } from "./messages.ts";
import { MADE_IN_NODE, SAMPLE } from "./sample.fixture.ts";

const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytes = (text: string) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

test("a message made in Node is read in workerd, and made there byte for byte the same", () => {
  expect(navigator.userAgent).toBe("Cloudflare-Workers");
  const [frame] = new FrameDecoder().push(bytes(MADE_IN_NODE));
  expect(frame && decodeMessage("escalationRequest", frame)).toMatchObject(SAMPLE);
  expect(hex(encodeMessage("escalationRequest", SAMPLE))).toBe(MADE_IN_NODE);
});
