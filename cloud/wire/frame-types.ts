/** What may travel in a frame: its number on the wire, the message in it, and how long that may be. */
import type { DescMessage } from "@bufbuild/protobuf";
import {
  CollaborationRequestSchema,
  CollaborationResponseSchema,
  EscalationRequestSchema,
  EscalationResponseSchema,
  HeartbeatAckSchema,
  HeartbeatSchema,
  HelloAckSchema,
  HelloSchema,
  LoraRequestSchema,
  LoraResponseSchema,
  PrewarmAckSchema,
  PrewarmSignalSchema,
  ProtocolErrorSchema,
  RenewalRequestSchema,
  RenewalResponseSchema,
  RequestHeadSchema,
  StreamChunkSchema,
  UsageSyncRequestSchema,
  UsageSyncResponseSchema,
} from "./generated/cloud_pb.js";

const KIB = 1024;
const MIB = 1024 * KIB;

interface FrameType {
  readonly type: number;
  readonly schema: DescMessage;
  /** Bytes of the payload at most. */
  readonly limit: number;
}

export const FRAME_TYPES = {
  hello: { type: 0x01, schema: HelloSchema, limit: KIB },
  helloAck: { type: 0x02, schema: HelloAckSchema, limit: KIB },
  requestHead: { type: 0x03, schema: RequestHeadSchema, limit: KIB },
  heartbeat: { type: 0x10, schema: HeartbeatSchema, limit: 4 * KIB },
  heartbeatAck: { type: 0x11, schema: HeartbeatAckSchema, limit: KIB },
  prewarmSignal: { type: 0x12, schema: PrewarmSignalSchema, limit: KIB },
  prewarmAck: { type: 0x13, schema: PrewarmAckSchema, limit: KIB },
  escalationRequest: { type: 0x20, schema: EscalationRequestSchema, limit: 4 * MIB },
  escalationResponse: { type: 0x21, schema: EscalationResponseSchema, limit: 4 * MIB },
  streamChunk: { type: 0x22, schema: StreamChunkSchema, limit: 256 * KIB },
  usageSyncRequest: { type: 0x30, schema: UsageSyncRequestSchema, limit: MIB },
  usageSyncResponse: { type: 0x31, schema: UsageSyncResponseSchema, limit: MIB },
  loraRequest: { type: 0x40, schema: LoraRequestSchema, limit: 6 * MIB },
  loraResponse: { type: 0x41, schema: LoraResponseSchema, limit: MIB },
  collaborationRequest: { type: 0x50, schema: CollaborationRequestSchema, limit: 16 * KIB },
  collaborationResponse: { type: 0x51, schema: CollaborationResponseSchema, limit: MIB },
  renewalRequest: { type: 0x60, schema: RenewalRequestSchema, limit: 8 * KIB },
  renewalResponse: { type: 0x61, schema: RenewalResponseSchema, limit: 64 * KIB },
  error: { type: 0x7f, schema: ProtocolErrorSchema, limit: 4 * KIB },
} as const satisfies Record<string, FrameType>;

export type FrameName = keyof typeof FRAME_TYPES;

const NAMES = new Map(Object.entries(FRAME_TYPES).map(([name, { type }]) => [type as number, name as FrameName]));

/** The name of a frame's number; undefined for a number that this version does not know. */
export function frameName(type: number): FrameName | undefined {
  return NAMES.get(type);
}
