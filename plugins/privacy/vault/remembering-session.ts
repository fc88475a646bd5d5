import type { TokenSession } from "../../../kernel/index.ts";

/**
 * A session that remembers what it was told, so that a value seen again costs no transaction. What another process
 * changes (it may forget the session) makes it forget too: `version` differs then.
 */
export class RememberingSession implements TokenSession {
  readonly id: string;
  readonly #session: TokenSession;
  readonly #version: () => number;
  readonly #numbers = new Map<string, number>();
  readonly #values = new Map<string, string>();
  #seen = Number.NaN;

  /** @param version a number that changes when another connection has written. */
  constructor(session: TokenSession, version: () => number) {
    this.id = session.id;
    this.#session = session;
    this.#version = version;
  }

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    this.#refresh();
    const unknown = values.filter(({ type, value }) => !this.#numbers.has(`${type}:${value}`));
    if (unknown.length > 0) {
      const numbers = this.#session.assign(unknown);
      for (const [i, { type, value }] of unknown.entries()) this.#remember(type, numbers[i] as number, value);
    }
    return values.map(({ type, value }) => this.#numbers.get(`${type}:${value}`) as number);
  }

  valueOf(type: string, number: number): string | undefined {
    this.#refresh();
    const known = this.#values.get(`${type}:${number}`);
    if (known !== undefined) return known;
    const value = this.#session.valueOf(type, number);
    if (value !== undefined) this.#remember(type, number, value);
    return value;
  }

  reserve(type: string, number: number): boolean {
    return this.#session.reserve(type, number);
  }

  #remember(type: string, number: number, value: string): void {
    this.#numbers.set(`${type}:${value}`, number);
    this.#values.set(`${type}:${number}`, value);
  }

  #refresh(): void {
    const version = this.#version();
    if (version === this.#seen) return;
    this.#numbers.clear();
    this.#values.clear();
    this.#seen = version;
  }
}
