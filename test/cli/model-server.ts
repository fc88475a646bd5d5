import { fork } from "node:child_process";
import { join } from "node:path";

const FIXTURE = join(import.meta.dirname, "../../plugins/generator-openai/server.fixture.ts");

/** A server of models that follow a script, in a process of its own. */
export interface ModelServer {
  /** `generator` settings with which `behaviour` answers. */
  settings(behaviour: string, more?: object): object;
  /** The bodies of all requests that `behaviour` had. */
  received(behaviour: string): Promise<string[]>;
  stop(): void;
}

export async function startModelServer(): Promise<ModelServer> {
  const server = fork(FIXTURE, { stdio: ["ignore", "pipe", "inherit", "ipc"] });
  const port = await new Promise<string>((resolve) => server.stdout?.once("data", (data: Buffer) => resolve(String(data).trim())));
  const origin = `http://127.0.0.1:${port}`;
  return {
    settings: (behaviour, more = {}) => ({
      kind: "openai-compatible",
      baseUrl: `${origin}/${behaviour}/v1`,
      model: "some-model",
      timeoutSeconds: 1,
      ...more,
    }),
    received: async (behaviour) => ((await (await fetch(`${origin}/received`)).json()) as Record<string, string[]>)[behaviour] ?? [],
    stop: () => void server.kill(),
  };
}
