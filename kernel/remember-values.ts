import type { TokenSession } from "./types.ts";

/** Sessions and values that are remembered at once, at most. */
const MOST_SESSIONS = 4;
const MOST_VALUES = 20_000;

/**
 * Sessions that look a token's value up once. Every agent reads the same passages, in each phase of each round: without
 * this a question costs a thousand look-ups in an encrypted store.
 */
export function rememberingValues(sessionOf: (id: string) => TokenSession): (id: string) => TokenSession {
  const remembered = new Map<string, TokenSession>();
  return (id) => {
    const known = remembered.get(id);
    if (known) return known;
    const oldest = remembered.size >= MOST_SESSIONS ? remembered.keys().next().value : undefined;
    if (oldest !== undefined) remembered.delete(oldest);
    const session = withMemory(sessionOf(id));
    remembered.set(id, session);
    return session;
  };
}

function withMemory(session: TokenSession): TokenSession {
  const values = new Map<string, string>();
  return {
    id: session.id,
    assign: (wanted) => session.assign(wanted),
    reserve: (type, number) => session.reserve(type, number),
    valueOf(type, number) {
      const token = `${type}_${number}`;
      const known = values.get(token);
      if (known !== undefined) return known;
      const value = session.valueOf(type, number);
      if (values.size >= MOST_VALUES) values.clear();
      if (value !== undefined) values.set(token, value);
      return value;
    },
  };
}
