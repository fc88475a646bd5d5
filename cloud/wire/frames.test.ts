import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { FRAME_TYPES, type FrameName } from "./frame-types.ts";
import { encodeFrame, type Frame, FrameDecoder, HEADER_BYTES, type WireError } from "./frames.ts";
import { fuzzDecoder } from "./fuzz.ts";

const names = Object.keys(FRAME_TYPES) as FrameName[];
const frame = fc.record({ name: fc.constantFrom(...names), payload: fc.uint8Array({ maxLength: 300 }) });
const faultOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return (error as WireError).fault;
  }
  return undefined;
};
const plain = ({ name, payload }: Frame) => ({ name, payload: Buffer.from(payload).toString("hex") });

test("frames come out whole, however their bytes were cut", () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 6 }), fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (frames, cuts) => {
      const bytes = Buffer.concat(frames.map(encodeFrame));
      const decoder = new FrameDecoder();
      const out: Frame[] = [];
      for (let at = 0; at < bytes.length; ) {
        const size = cuts.next().value ?? 1;
        out.push(...decoder.push(bytes.subarray(at, at + size)));
        at += size;
      }
      decoder.end();
      expect(out.map(plain)).toEqual(frames.map(plain));
    }),
  );
});

test("a frame that comes in one piece is not copied", () => {
  const bytes = encodeFrame({ name: "heartbeat", payload: new Uint8Array(100) });
  const [only] = new FrameDecoder().push(bytes);
  expect(only?.payload.buffer).toBe(bytes.buffer);
});

test.each(names)("a %s frame longer than its limit is refused when its length is read", (name) => {
  const { type, limit } = FRAME_TYPES[name];
  const header = Buffer.alloc(HEADER_BYTES);
  header[0] = type;
  header.writeUInt32BE(limit + 1, 1);
  expect(faultOf(() => [...new FrameDecoder().push(header)])).toBe("too long");
  expect(faultOf(() => encodeFrame({ name, payload: new Uint8Array(limit + 1) }))).toBe("too long");
  header.writeUInt32BE(limit, 1);
  expect([...new FrameDecoder().push(header)]).toEqual([]);
});

test("an unknown type is refused at its first byte, and everything after it", () => {
  const decoder = new FrameDecoder();
  expect(faultOf(() => [...decoder.push(Uint8Array.of(0xee))])).toBe("unknown type");
  expect(faultOf(() => [...decoder.push(encodeFrame({ name: "hello", payload: new Uint8Array(0) }))])).toBe("unknown type");
});

test("a stream that ends inside a frame is cut off, one that ends between frames is not", () => {
  const decoder = new FrameDecoder();
  const bytes = encodeFrame({ name: "hello", payload: new Uint8Array(9) });
  expect([...decoder.push(bytes.subarray(0, 8))]).toEqual([]);
  expect(faultOf(() => decoder.end())).toBe("cut off");
  expect([...decoder.push(bytes.subarray(8))]).toHaveLength(1);
  expect(faultOf(() => decoder.end())).toBeUndefined();
});

test("nothing is set aside for bytes that have not come", () => {
  const decoder = new FrameDecoder();
  const bytes = encodeFrame({ name: "loraRequest", payload: new Uint8Array(6 * 1024 * 1024) });
  expect([...decoder.push(bytes.subarray(0, 100))]).toEqual([]);
  expect(decoder.held).toBe(100);
});

test("random and mutated bytes are refused or read, and nothing else happens", () => {
  const { decoded, refused, mostHeld } = fuzzDecoder(20_000, 1);
  expect(decoded).toBeGreaterThan(1_000);
  expect(refused).toBeGreaterThan(1_000);
  expect(mostHeld).toBeLessThan(10_000);
});
