import type { TokenSession, TokenVault } from "../../../kernel/index.ts";

/** A token vault that is gone with the process. It numbers as a new session on the disk does. */
export class MemoryTokenVault implements TokenVault {
  readonly #sessions = new Map<string, TokenSession>();

  session(id: string): TokenSession {
    const open = this.#sessions.get(id) ?? new MemoryTokenSession(id);
    this.#sessions.set(id, open);
    return open;
  }

  close(): void {
    this.#sessions.clear();
  }
}

class MemoryTokenSession implements TokenSession {
  readonly id: string;
  readonly #numbers = new Map<string, number>();
  /** By token; undefined where the number is only set aside. */
  readonly #values = new Map<string, string | undefined>();
  readonly #last = new Map<string, number>();

  constructor(id: string) {
    this.id = id;
  }

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    return values.map(({ type, value }) => this.#numbers.get(`${type}:${value}`) ?? this.#add(type, value));
  }

  valueOf(type: string, number: number): string | undefined {
    return this.#values.get(`${type}:${number}`);
  }

  reserve(type: string, number: number): boolean {
    const token = `${type}:${number}`;
    if (!this.#values.has(token)) this.#values.set(token, undefined);
    return this.#values.get(token) === undefined;
  }

  #add(type: string, value: string): number {
    let number = (this.#last.get(type) ?? 0) + 1;
    while (this.#values.has(`${type}:${number}`)) number++;
    this.#last.set(type, number);
    this.#values.set(`${type}:${number}`, value);
    this.#numbers.set(`${type}:${value}`, number);
    return number;
  }
}
