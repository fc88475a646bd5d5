/** Servers of models that people run on their own machine, found on the ports they usually have. */
export interface LocalServer {
  readonly name: string;
  /** Address of its OpenAI-compatible interface. */
  readonly baseUrl: string;
  readonly models: readonly string[];
}

export const USUAL_PORTS: readonly { readonly name: string; readonly port: number }[] = [
  { name: "Ollama", port: 11434 },
  { name: "LM Studio", port: 1234 },
  { name: "llama-server", port: 8080 },
  { name: "vLLM", port: 8000 },
];

const MAX_MS = 1_000;
const MAX_BYTES = 1024 * 1024;

/** Those that answer, and answer as such a server does; other programs like the same ports. */
export async function findLocalServers(ports = USUAL_PORTS): Promise<LocalServer[]> {
  const found = await Promise.all(
    ports.map(async ({ name, port }) => {
      const baseUrl = `http://127.0.0.1:${port}/v1`;
      const models = await listServerModels(baseUrl).catch(() => undefined);
      return models ? { name, baseUrl, models } : undefined;
    }),
  );
  return found.filter((server) => server !== undefined);
}

/** The models that a server says it has. @throws when it does not answer, or not in this form */
export async function listServerModels(baseUrl: string, key?: string): Promise<string[]> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const response = await fetch(`${baseUrl.replace(/\/+$/, "")}/models`, {
    headers,
    redirect: "error",
    signal: AbortSignal.timeout(MAX_MS),
  });
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of response.body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_BYTES) throw new Error("the answer is too long");
  }
  const { data } = JSON.parse(text) as { data?: unknown };
  if (!response.ok || !Array.isArray(data)) throw new Error("the answer is not a list of models");
  return data.map((model: { id?: unknown } | null) => model?.id).filter((id) => typeof id === "string");
}
