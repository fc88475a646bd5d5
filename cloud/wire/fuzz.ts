import { FRAME_TYPES, type FrameName } from "./frame-types.ts";
import { encodeFrame, FrameDecoder, WireError } from "./frames.ts";
import { decodeMessage } from "./messages.ts";

export interface FuzzResult {
  /** Frames whose message could be read, and inputs that were refused with a reason. */
  readonly decoded: number;
  readonly refused: number;
  /** The most bytes that a decoder held at once. */
  readonly mostHeld: number;
}

const NAMES = Object.keys(FRAME_TYPES) as FrameName[];

/**
 * Feeds `inputs` random or mutated inputs to decoders. The same seed gives the same inputs.
 *
 * @throws whatever is thrown that is not a WireError: that is what is looked for
 */
export function fuzzDecoder(inputs: number, seed: number): FuzzResult {
  const random = xorshift(seed);
  let [decoded, refused, mostHeld] = [0, 0, 0];
  for (let i = 0; i < inputs; i += 1) {
    const decoder = new FrameDecoder();
    try {
      for (const piece of cut(makeInput(random), random)) {
        for (const frame of decoder.push(piece)) {
          decodeMessage(frame.name, frame);
          decoded += 1;
        }
        mostHeld = Math.max(mostHeld, decoder.held);
      }
      decoder.end();
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      refused += 1;
    }
  }
  return { decoded, refused, mostHeld };
}

type Random = (below: number) => number;

/** A third of the inputs are noise, a third are good frames, a third good frames with a few bytes changed. */
function makeInput(random: Random): Uint8Array {
  const kind = random(3);
  if (kind === 0) return noise(random(200), random);
  const frames = Array.from({ length: 1 + random(3) }, () => {
    const name = NAMES[random(NAMES.length)] ?? "error";
    return encodeFrame({ name, payload: message(random) });
  });
  const bytes = Uint8Array.from(frames.flatMap((frame) => [...frame]));
  if (kind === 2) for (let i = 1 + random(4); i > 0; i -= 1) bytes[random(bytes.length)] = random(256);
  return bytes;
}

/** Fields of random numbers and kinds, most of them well formed. */
function message(random: Random): Uint8Array {
  const bytes: number[] = [];
  for (let i = random(4); i > 0; i -= 1) {
    const content = noise(random(20), random);
    const field = (1 + random(10)) << 3;
    if (random(2) === 0) bytes.push(field, random(128));
    else bytes.push(field | 2, content.length, ...content);
  }
  return Uint8Array.from(bytes);
}

const noise = (length: number, random: Random) => Uint8Array.from({ length }, () => random(256));

function* cut(bytes: Uint8Array, random: Random): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = at + 1 + random(60);
    yield bytes.subarray(at, end);
    at = end;
  }
}

function xorshift(seed: number): Random {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
