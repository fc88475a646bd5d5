import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { TokenCount } from "../worker/money/price-call.ts";

/** A stand-in for providers of models, in a process of its own; the first part of a path says how it behaves. */
export interface FakeProvider {
  readonly url: string;
  /** What each answer so far took, in tokens, as it told whoever asked. */
  used(): Promise<readonly TokenCount[]>;
  /** The bodies of what one behaviour was sent, as they came. */
  received(behaviour: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

const SERVER = join(import.meta.dirname, "../../plugins/generator-openai/server.fixture.ts");

export async function startFakeProvider(): Promise<FakeProvider> {
  const child = fork(SERVER, { silent: true });
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  const url = `http://127.0.0.1:${String(port).trim()}`;
  return {
    url,
    received: async (behaviour) => ((await (await fetch(`${url}/received`)).json()) as Record<string, readonly string[]>)[behaviour] ?? [],
    used: async () => (await (await fetch(`${url}/used`)).json()) as readonly TokenCount[],
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
