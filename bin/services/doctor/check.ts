/** One line of `synesis doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, in a few words. */
  readonly detail: string;
  /** What to do; null when there is nothing to do. */
  readonly next: string | null;
}

export const good = (name: string, detail: string, next: string | null = null): Check => ({ name, ok: true, detail, next });
export const bad = (name: string, detail: string, next: string): Check => ({ name, ok: false, detail, next });

/** A check that throws has found something: it never ends the others. */
export async function attempt(name: string, next: string, check: () => Check | Promise<Check>): Promise<Check> {
  try {
    return await check();
  } catch (error) {
    return bad(name, error instanceof Error ? error.message : "it failed", (error as { next?: string }).next ?? next);
  }
}
