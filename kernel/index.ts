/** The kernel's public surface. It does no I/O and runs in Node and in a Worker. */
export type { Call } from "./call.ts";
export { describeError, type ErrorCode, errorTable, SynesisError } from "./errors.ts";
export type { HookName, Tap } from "./hooks.ts";
export { createKernel, type Kernel } from "./kernel.ts";
export { type Context, definePlugin, type Plugin } from "./plugin.ts";
export type { RawAgent, ThinkingAgent } from "./raw-agents.ts";
export {
  joinRedacted,
  programText,
  type Redacted,
  type Redaction,
  rawOffset,
  redacted,
  sliceRedacted,
  type TokenSpan,
} from "./redacted.ts";
export { reveal } from "./reveal.ts";
export { resolveOverlaps } from "./spans.ts";
export { findTokens, formatToken, isTypeName, unfinishedToken } from "./token-format.ts";
export { type Thought, Trace, type TraceEvent } from "./trace.ts";
export type * from "./types.ts";
