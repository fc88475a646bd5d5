/** The far side of a `WorkerPool`: runs in a worker thread. */
import { type Endpoint, expose } from "comlink";
import { StopFlag } from "./stop-flag.ts";

/** What crosses to the thread at the start of one lease. */
export interface Lease {
  readonly port: import("node:worker_threads").MessagePort;
  readonly stop: SharedArrayBuffer;
}

/**
 * Makes the default export of a `*.worker.ts` file: an interface that is served for one lease, until its port closes
 * and the calls in hand are done.
 *
 * @param make builds the interface; it is given the flag by which this lease is stopped.
 */
export function serve<Api extends Record<string, (...args: never[]) => unknown>>(
  make: (stop: StopFlag) => Api,
): (lease: Lease) => Promise<void> {
  return async ({ port, stop }) => {
    const inHand = new Set<Promise<unknown>>();
    const closed = new Promise((resolve) => port.once("close", resolve));
    // Node's MessagePort has the few members of the web's that Comlink calls.
    expose(counted(make(new StopFlag(stop)), inHand), port as unknown as Endpoint);
    await closed;
    await Promise.allSettled(inHand);
  };
}

function counted<Api extends Record<string, (...args: never[]) => unknown>>(api: Api, inHand: Set<Promise<unknown>>): Api {
  const methods = Object.entries(api).map(([name, method]) => [
    name,
    (...args: never[]) => {
      const call = Promise.try(method, ...args);
      inHand.add(call);
      return call.finally(() => inHand.delete(call));
    },
  ]);
  return Object.fromEntries(methods) as Api;
}
