import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** A stand-in for providers of models, in a process of its own; the first part of a path says how it behaves. */
export interface FakeProvider {
  readonly url: string;
  close(): Promise<void>;
}

const SERVER = join(import.meta.dirname, "../../plugins/generator-openai/server.fixture.ts");

export async function startFakeProvider(): Promise<FakeProvider> {
  const child = fork(SERVER, { silent: true });
  const [port] = (await once(child.stdout as NodeJS.ReadableStream, "data")) as [Buffer];
  return {
    url: `http://127.0.0.1:${String(port).trim()}`,
    async close() {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    },
  };
}
