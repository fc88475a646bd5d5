/** The states of the tunnel, and what leads from one to another: a pure function, so that every way can be tested. */
import type { SynesisError } from "../../kernel/index.ts";
import { type BackoffPolicy, backoffMs } from "./backoff.ts";
import type { LinkKind } from "./link/transport.ts";

/** Times are Unix times in ms. */
export type TunnelState =
  | { readonly kind: "disconnected" }
  | { readonly kind: "connecting"; readonly startedAt: number }
  | {
      readonly kind: "connected";
      readonly since: number;
      readonly link: LinkKind;
      readonly latencyMs: number;
      /** Heartbeats in a row that were not acknowledged. */
      readonly missed: number;
    }
  | { readonly kind: "reconnecting"; readonly attempt: number; readonly lastError: SynesisError; readonly retryAt: number }
  | { readonly kind: "failed"; readonly error: SynesisError; readonly at: number };

export type TunnelEvent =
  | { readonly type: "connect"; readonly now: number }
  /** A link was opened, the first one or another in its place. */
  | { readonly type: "connected"; readonly now: number; readonly link: LinkKind; readonly latencyMs: number }
  /** An attempt failed, or the link ended. `random` from 0 up to 1 spreads the next attempt. */
  | { readonly type: "broke"; readonly now: number; readonly error: SynesisError; readonly random: number }
  | { readonly type: "acknowledged"; readonly latencyMs: number }
  | { readonly type: "missed" }
  | { readonly type: "disconnect" };

export interface TunnelPolicy extends BackoffPolicy {
  /** Attempts in a row before the tunnel gives up; Infinity for never. */
  readonly maxAttempts: number;
}

/** What trying again cannot repair. */
const FINAL: readonly string[] = ["TUNNEL_REFUSED", "TUNNEL_VERSION", "TUNNEL_SERVER_UNTRUSTED", "DEVICE_UNKNOWN"];

/** The state after an event; the same object when the event means nothing in this state. */
export function nextState(state: TunnelState, event: TunnelEvent, policy: TunnelPolicy): TunnelState {
  switch (event.type) {
    case "connect":
      return state.kind === "disconnected" || state.kind === "failed" ? { kind: "connecting", startedAt: event.now } : state;
    case "connected":
      return onConnected(state, event);
    case "broke":
      return onBroke(state, event, policy);
    case "acknowledged":
      return state.kind === "connected" ? { ...state, latencyMs: event.latencyMs, missed: 0 } : state;
    case "missed":
      return state.kind === "connected" ? { ...state, missed: state.missed + 1 } : state;
    case "disconnect":
      return state.kind === "disconnected" ? state : { kind: "disconnected" };
  }
}

function onConnected(state: TunnelState, { now, link, latencyMs }: Extract<TunnelEvent, { type: "connected" }>): TunnelState {
  if (state.kind === "disconnected" || state.kind === "failed") return state;
  return { kind: "connected", since: state.kind === "connected" ? state.since : now, link, latencyMs, missed: 0 };
}

function onBroke(state: TunnelState, { now, error, random }: Extract<TunnelEvent, { type: "broke" }>, policy: TunnelPolicy): TunnelState {
  if (state.kind === "disconnected" || state.kind === "failed") return state;
  const attempt = state.kind === "reconnecting" ? state.attempt + 1 : 1;
  if (FINAL.includes(error.code) || attempt > policy.maxAttempts) return { kind: "failed", error, at: now };
  return { kind: "reconnecting", attempt, lastError: error, retryAt: now + backoffMs(attempt, random, policy) };
}
