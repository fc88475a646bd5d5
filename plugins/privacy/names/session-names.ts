import type { KnownNames } from "./known-names.ts";

/** What sessions keep of the people in them. */
export interface NameStore {
  valuesOf(session: string, type: string): readonly string[];
  /** Another number when what it keeps may have changed otherwise than by this process's redactions. */
  version(): number;
}

/** The people that texts of each session have named so far, in this process and before it. */
export class SessionNames {
  readonly #store: NameStore;
  readonly #sessions = new Map<string, KnownNames>();
  #version = Number.NaN;

  constructor(store: NameStore) {
    this.#store = store;
  }

  /** @param create makes an empty collection. */
  of(session: string, create: () => KnownNames): KnownNames {
    const version = this.#store.version();
    if (version !== this.#version) this.#sessions.clear();
    this.#version = version;
    const open = this.#sessions.get(session);
    if (open) return open;
    const known = create();
    for (const name of this.#store.valuesOf(session, "PERSON")) known.add(name);
    this.#sessions.set(session, known);
    return known;
  }
}
