import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A stand-in for a vLLM server, in a process of its own. */
export interface FakeVllm {
  readonly url: string;
  /** What it was told and asked since the last time, such as "load NAME". */
  calls(): Promise<string[]>;
  /** Whether it refuses to load from now on. */
  refuseLoads(refuse: boolean): Promise<void>;
  /** Lets go of every adapter, as a server does that is started anew. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** @param upstream a stand-in for a model, up to /v1, to which it passes what it is asked */
export async function startFakeVllm(upstream: string, slots: number): Promise<FakeVllm> {
  const child = fork(join(import.meta.dirname, "server.ts"), [upstream, String(slots)], { silent: true });
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const url = `http://127.0.0.1:${String(port).trim()}`;
  const post = async (path: string, body: object) => void (await fetch(`${url}${path}`, { method: "POST", body: JSON.stringify(body) }));
  return {
    url,
    calls: async () => (await (await fetch(`${url}/calls`)).json()) as string[],
    refuseLoads: (refuseLoads) => post("/conduct", { refuseLoads }),
    restart: () => post("/restart", {}),
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
