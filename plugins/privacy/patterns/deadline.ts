import { createContext, Script } from "node:vm";

/** Runs `work` for at most `ms` milliseconds; undefined when it was stopped. */
export type Deadline = <T extends object>(ms: number, work: () => T) => T | undefined;

/**
 * A deadline that also stops a regular expression that backtracks: V8 looks for an interruption while it matches, and
 * the timeout of node:vm is one (Node 24: stopped within a millisecond). It stops synchronous work on
 * this thread, so nothing has to be sent to another one.
 */
export function createDeadline(): Deadline {
  const slot: { work?: () => object } = createContext({});
  const script = new Script("work()");
  return <T extends object>(ms: number, work: () => T) => {
    slot.work = work;
    try {
      return script.runInContext(slot, { timeout: ms }) as T;
    } catch (error) {
      if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return undefined;
      throw error;
    } finally {
      delete slot.work;
    }
  };
}
