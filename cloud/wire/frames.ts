/** Frames: type (1 byte), length (4 bytes, big endian), payload. */
import { FRAME_TYPES, type FrameName, frameName } from "./frame-types.ts";

export const HEADER_BYTES = 5;

export interface Frame {
  readonly name: FrameName;
  readonly payload: Uint8Array;
}

/** Bytes that are no frame of this protocol. The connection they come on cannot be used further. */
export class WireError extends Error {
  override readonly name = "WireError";
  readonly fault: "unknown type" | "too long" | "cut off" | "not a message";

  constructor(fault: WireError["fault"], detail: string) {
    super(`${fault}: ${detail}`);
    this.fault = fault;
  }
}

/** @throws WireError "too long" */
export function encodeFrame({ name, payload }: Frame): Uint8Array {
  const { type, limit } = FRAME_TYPES[name];
  if (payload.length > limit) throw new WireError("too long", `${name} has ${payload.length} bytes, at most ${limit} are allowed`);
  const bytes = new Uint8Array(HEADER_BYTES + payload.length);
  bytes[0] = type;
  new DataView(bytes.buffer).setUint32(1, payload.length);
  bytes.set(payload, HEADER_BYTES);
  return bytes;
}

/**
 * Takes bytes cut anywhere and gives whole frames. A length is checked as soon as it can be read, and nothing is set
 * aside for bytes that have not come: what is held is never more than one frame that is on its way.
 */
export class FrameDecoder {
  readonly #header = new Uint8Array(HEADER_BYTES);
  #headerBytes = 0;
  #name: FrameName | undefined;
  /** Bytes of the payload that are still to come. */
  #missing = 0;
  #parts: Uint8Array[] = [];
  #failed: WireError | undefined;

  /** Bytes that are held because their frame is not whole yet. */
  get held(): number {
    return this.#parts.reduce((sum, part) => sum + part.length, this.#headerBytes);
  }

  /**
   * The frames that are whole now. Their payloads may be views of `bytes`.
   *
   * @throws WireError "unknown type" or "too long", also at every later call
   */
  *push(bytes: Uint8Array): Generator<Frame> {
    if (this.#failed) throw this.#failed;
    let rest = bytes;
    while (rest.length > 0 || (this.#name && this.#missing === 0)) {
      rest = this.#name ? this.#takePayload(rest) : this.#takeHeader(rest);
      if (this.#name && this.#missing === 0) yield this.#finish(this.#name);
    }
  }

  /** @throws WireError "cut off" when the bytes ended inside a frame */
  end(): void {
    if (this.#headerBytes > 0) throw new WireError("cut off", "the stream ended inside a frame");
  }

  #takeHeader(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, HEADER_BYTES - this.#headerBytes);
    this.#header.set(taken, this.#headerBytes);
    this.#headerBytes += taken.length;
    // A type that is not known is refused at its first byte.
    const name = frameName(this.#header[0] ?? 0) ?? this.#fail("unknown type", `0x${(this.#header[0] ?? 0).toString(16)}`);
    if (this.#headerBytes === HEADER_BYTES) {
      const length = new DataView(this.#header.buffer).getUint32(1);
      if (length > FRAME_TYPES[name].limit) this.#fail("too long", `${name} says ${length} bytes`);
      this.#name = name;
      this.#missing = length;
    }
    return bytes.subarray(taken.length);
  }

  #takePayload(bytes: Uint8Array): Uint8Array {
    const taken = bytes.subarray(0, this.#missing);
    this.#parts.push(taken);
    this.#missing -= taken.length;
    return bytes.subarray(taken.length);
  }

  #finish(name: FrameName): Frame {
    const [only = new Uint8Array(0)] = this.#parts;
    const payload = this.#parts.length > 1 ? join(this.#parts) : only;
    this.#name = undefined;
    this.#headerBytes = 0;
    this.#parts = [];
    return { name, payload };
  }

  #fail(fault: WireError["fault"], detail: string): never {
    this.#failed = new WireError(fault, detail);
    this.#parts = [];
    throw this.#failed;
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
