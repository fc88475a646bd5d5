import { definePlugin, type Plugin, type TokenSession } from "../../../kernel/index.ts";
import { holdsSecret } from "../sessions/session.ts";

/** Numbers that a device does not hand out, for the rare value that has to be hidden here. */
const FIRST = 900_000;

/**
 * Tokens in the cloud: they came with the text and stand for values that only the device knows, so they stay as they are.
 * What a model writes that looks like a key becomes a token whose value nobody keeps.
 */
export function cloudTokens(): Plugin {
  return definePlugin({
    name: "cloud-tokens",
    api: 1,
    text: "raw",
    taps: ["preRedact"],
    provides: ["tokenVault"],
    tokenTypes: ["API_KEY"],
    setup(context) {
      const sessions = new Map<string, TokenSession>();
      context.tap("preRedact", async (spans, raw) =>
        holdsSecret(raw) ? [...spans, { start: 0, end: raw.length, type: "API_KEY", priority: 1 }] : spans,
      );
      context.provide("tokenVault", {
        session(id) {
          const session = sessions.get(id) ?? newSession(id);
          sessions.set(id, session);
          return session;
        },
      });
    },
  });
}

function newSession(id: string): TokenSession {
  const values: string[] = [];
  return {
    id,
    assign: (wanted) => wanted.map(({ value }) => FIRST + values.push(value) - 1),
    valueOf: (_type, number) => values[number - FIRST],
    reserve: (_type, number) => number < FIRST,
  };
}
