import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { SynesisError } from "../../kernel/index.ts";
import { backoffMs, DEFAULT_BACKOFF } from "./backoff.ts";
import { nextState, type TunnelEvent, type TunnelPolicy, type TunnelState } from "./state.ts";

const POLICY: TunnelPolicy = { ...DEFAULT_BACKOFF, maxAttempts: 3 };
const weak = new SynesisError("TUNNEL_UNREACHABLE");
const final = new SynesisError("TUNNEL_REFUSED");

const S = {
  disconnected: { kind: "disconnected" },
  connecting: { kind: "connecting", startedAt: 1 },
  connected: { kind: "connected", since: 2, link: "h2", latencyMs: 5, missed: 1 },
  reconnecting: { kind: "reconnecting", attempt: 1, lastError: weak, retryAt: 3 },
  last: { kind: "reconnecting", attempt: 3, lastError: weak, retryAt: 3 },
  failed: { kind: "failed", error: final, at: 4 },
} satisfies Record<string, TunnelState>;

const E = {
  connect: { type: "connect", now: 10 },
  connected: { type: "connected", now: 10, link: "quic", latencyMs: 7 },
  broke: { type: "broke", now: 10, error: weak, random: 0 },
  brokeForGood: { type: "broke", now: 10, error: final, random: 0 },
  acknowledged: { type: "acknowledged", latencyMs: 9 },
  missed: { type: "missed" },
  disconnect: { type: "disconnect" },
} satisfies Record<string, TunnelEvent>;

const up = (since: number) => ({ kind: "connected", since, link: "quic", latencyMs: 7, missed: 0 });
const again = (attempt: number, retryAt: number) => ({ kind: "reconnecting", attempt, lastError: weak, retryAt });
const gone = { kind: "disconnected" };
const start = { kind: "connecting", startedAt: 10 };
const dead = (error: SynesisError) => ({ kind: "failed", error, at: 10 });
const SAME = undefined;

/** Every event in every state; SAME where it means nothing. */
const TABLE: Record<keyof typeof S, Record<keyof typeof E, object | undefined>> = {
  disconnected: { connect: start, connected: SAME, broke: SAME, brokeForGood: SAME, acknowledged: SAME, missed: SAME, disconnect: SAME },
  connecting: {
    connect: SAME,
    connected: up(10),
    broke: again(1, 10),
    brokeForGood: dead(final),
    acknowledged: SAME,
    missed: SAME,
    disconnect: gone,
  },
  connected: {
    connect: SAME,
    connected: up(2),
    broke: again(1, 10),
    brokeForGood: dead(final),
    acknowledged: { ...S.connected, latencyMs: 9, missed: 0 },
    missed: { ...S.connected, missed: 2 },
    disconnect: gone,
  },
  reconnecting: {
    connect: SAME,
    connected: up(10),
    broke: again(2, 60),
    brokeForGood: dead(final),
    acknowledged: SAME,
    missed: SAME,
    disconnect: gone,
  },
  last: {
    connect: SAME,
    connected: up(10),
    broke: dead(weak),
    brokeForGood: dead(final),
    acknowledged: SAME,
    missed: SAME,
    disconnect: gone,
  },
  failed: { connect: start, connected: SAME, broke: SAME, brokeForGood: SAME, acknowledged: SAME, missed: SAME, disconnect: gone },
};

describe.each(Object.entries(TABLE))("%s", (from, row) => {
  test.each(Object.entries(row))("%s", (event, expected) => {
    const state = S[from as keyof typeof S];
    const next = nextState(state, E[event as keyof typeof E], POLICY);
    if (expected) expect(next).toEqual(expected);
    else expect(next).toBe(state);
  });
});

test("whatever happens, only connect leaves disconnected and failed", () => {
  const events = fc.array(fc.constantFrom(...Object.values(E)), { maxLength: 30 });
  fc.assert(
    fc.property(events, (list) => {
      let state: TunnelState = S.disconnected;
      for (const event of list) {
        const next = nextState(state, event, POLICY);
        if ((state.kind === "disconnected" || state.kind === "failed") && next !== state)
          expect(["connect", "disconnect"]).toContain(event.type);
        state = next;
      }
    }),
  );
});

test("waits double, stay within their limits, and half of each is chance", () => {
  const waits = (random: number) => [1, 2, 3, 4, 5, 50, 101, 104, 110, 500].map((attempt) => backoffMs(attempt, random, DEFAULT_BACKOFF));
  expect(waits(1)).toEqual([0, 100, 200, 400, 500, 500, 1000, 8000, 30_000, 30_000]);
  expect(waits(0)).toEqual([0, 50, 100, 200, 250, 250, 500, 4000, 15_000, 15_000]);
});
