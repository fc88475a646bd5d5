import { create, fromBinary, type MessageInitShape, type MessageShape, toBinary } from "@bufbuild/protobuf";
import { FRAME_TYPES, type FrameName } from "./frame-types.ts";
import { encodeFrame, type Frame, WireError } from "./frames.ts";

type SchemaOf<N extends FrameName> = (typeof FRAME_TYPES)[N]["schema"];

/** The message that travels in frames of this name. */
export type MessageOf<N extends FrameName> = MessageShape<SchemaOf<N>>;
/** What such a message is made of; absent fields have their defaults. */
export type InitOf<N extends FrameName> = MessageInitShape<SchemaOf<N>>;

/** A message as the bytes of one frame. @throws WireError "too long" */
export function encodeMessage<N extends FrameName>(name: N, init: InitOf<N>): Uint8Array {
  const schema: SchemaOf<FrameName> = FRAME_TYPES[name].schema;
  return encodeFrame({ name, payload: toBinary(schema, create(schema, init as never)) });
}

/**
 * The message in a frame of the expected name.
 *
 * @throws WireError "not a message" when it is of another name or its bytes are no such message
 */
export function decodeMessage<N extends FrameName>(name: N, frame: Frame): MessageOf<N> {
  if (frame.name !== name) throw new WireError("not a message", `${frame.name} came where ${name} belongs`);
  try {
    return fromBinary(FRAME_TYPES[name].schema as never, frame.payload, { readUnknownFields: false }) as MessageOf<N>;
  } catch (error) {
    throw new WireError("not a message", `${name}: ${(error as Error).message}`);
  }
}
