import type { Endpoint } from "comlink";

/** The few members that a child process and the process itself have in common. */
interface Channel {
  send?(message: unknown, done: (error: Error | null) => void): boolean;
  on(event: "message", listener: (message: unknown) => void): unknown;
  off(event: "message", listener: (message: unknown) => void): unknown;
}

/** Comlink's view of the channel between a process and its child. It carries values only: no ports, no callbacks. */
export function channelEndpoint(channel: Channel): Endpoint {
  type Listener = Parameters<Endpoint["addEventListener"]>[1];
  const wrapped = new Map<Listener, (message: unknown) => void>();
  return {
    postMessage: (message: unknown) => void channel.send?.(message, () => {}), // a process that is gone is told of by its end
    addEventListener(_, listener) {
      const receive = (data: unknown) => {
        const event = { data } as MessageEvent;
        if (typeof listener === "function") listener(event);
        else listener.handleEvent(event);
      };
      wrapped.set(listener, receive);
      channel.on("message", receive);
    },
    removeEventListener(_, listener) {
      const receive = wrapped.get(listener);
      if (receive) channel.off("message", receive);
      wrapped.delete(listener);
    },
  };
}
