import type { TokenSession, TokenVault } from "../../../kernel/index.ts";

/** A token vault that is gone with the process. It numbers as a new session on the disk does. */
export class MemoryTokenVault implements TokenVault {
  readonly #sessions = new Map<string, MemoryTokenSession>();

  session(id: string): TokenSession {
    const open = this.#sessions.get(id) ?? new MemoryTokenSession(id);
    this.#sessions.set(id, open);
    return open;
  }

  valuesOf(id: string, type: string): readonly string[] {
    return this.#sessions.get(id)?.valuesOf(type) ?? [];
  }

  /** Nothing else writes to it. */
  version(): number {
    return 0;
  }

  close(): void {
    this.#sessions.clear();
  }
}

class MemoryTokenSession implements TokenSession {
  readonly id: string;
  readonly #kinds = new Map<string, Kind>();

  constructor(id: string) {
    this.id = id;
  }

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    const numbers: number[] = [];
    for (const { type, value } of values) numbers.push(this.#kind(type).numberOf(value));
    return numbers;
  }

  valueOf(type: string, number: number): string | undefined {
    return this.#kinds.get(type)?.valueOf(number);
  }

  reserve(type: string, number: number): boolean {
    return this.#kind(type).reserve(number);
  }

  valuesOf(type: string): readonly string[] {
    return this.#kinds.get(type)?.values ?? [];
  }

  #kind(type: string): Kind {
    const known = this.#kinds.get(type);
    if (known) return known;
    const kind = new Kind();
    this.#kinds.set(type, kind);
    return kind;
  }
}

/** The tokens of one kind. */
class Kind {
  readonly #numbers = new Map<string, number>();
  /** By number; nothing at 0, and where a number is set aside. */
  readonly #values: (string | undefined)[] = [undefined];
  readonly #reserved = new Set<number>();

  numberOf(value: string): number {
    const known = this.#numbers.get(value);
    if (known !== undefined) return known;
    if (this.#reserved.size > 0) while (this.#reserved.has(this.#values.length)) this.#values.push(undefined);
    this.#numbers.set(value, this.#values.length);
    return this.#values.push(value) - 1;
  }

  get values(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  valueOf(number: number): string | undefined {
    return this.#values[number];
  }

  /** Sets a number aside unless it stands for a value. */
  reserve(number: number): boolean {
    if (this.#values[number] !== undefined) return false;
    this.#reserved.add(number);
    return true;
  }
}
