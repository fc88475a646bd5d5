import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { FRAME_TYPES } from "./frame-types.ts";
import { FrameDecoder } from "./frames.ts";
import { decodeMessage, encodeMessage } from "./messages.ts";
import { MADE_IN_NODE, SAMPLE } from "./sample.fixture.ts";

test("a message becomes these bytes, which the Worker's test reads", () => {
  expect(Buffer.from(encodeMessage("escalationRequest", SAMPLE)).toString("hex")).toBe(MADE_IN_NODE);
});

test("a message of another name, or bytes that are none, are refused", () => {
  const [hello] = new FrameDecoder().push(encodeMessage("hello", { protocol: 1 }));
  expect(() => hello && decodeMessage("heartbeat", hello)).toThrow("hello came where heartbeat belongs");
  expect(() => decodeMessage("hello", { name: "hello", payload: Uint8Array.of(0xff, 0xff) })).toThrow("not a message");
});

test("fields of a later version are passed over", () => {
  const later = { name: "helloAck" as const, payload: Uint8Array.of(0x08, 1, 0xa0, 0x06, 5) };
  expect(decodeMessage("helloAck", later).protocol).toBe(1);
});

test("no two frames have the same number", () => {
  const types = Object.values(FRAME_TYPES).map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
});

test("the generated code is what the proto file gives", () => {
  const out = mkdtempSync(join(tmpdir(), "wire-"));
  onTestFinished(() => rmSync(out, { recursive: true }));
  execFileSync("node_modules/.bin/buf", ["generate", "-o", out], { cwd: join(import.meta.dirname, "../..") });
  for (const name of ["cloud_pb.js", "cloud_pb.d.ts"]) {
    const made = readFileSync(join(out, "cloud/wire/generated", name), "utf8");
    expect(made).toBe(readFileSync(join(import.meta.dirname, "generated", name), "utf8"));
  }
});
