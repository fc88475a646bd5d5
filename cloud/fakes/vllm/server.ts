/**
 * A server of models as vLLM is one, as far as adapters go: a process of its own that prints its port. It holds adapters
 * that it is told to load, refuses what vLLM refuses, and passes what it is asked on to a stand-in for a model.
 *
 * @param argv the stand-in's interface, up to /v1; how many adapters it can hold
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

const BASE = "meta-llama/Llama-3.3-70B-Instruct";
const [upstream = "", slots = "2"] = process.argv.slice(2);

const held = new Map<string, string>();
/** Every call that changed something, and every model that was asked. */
const calls: string[] = [];
const conduct = { refuseLoads: false };

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const piece of request) text += piece;
  return text ? (JSON.parse(text) as Record<string, unknown>) : {};
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}

const error = (response: ServerResponse, status: number, type: string, message: string) =>
  json(response, status, { error: { object: "error", message, type, param: null, code: status } });

function load(response: ServerResponse, { lora_name: name, lora_path: path, ...more }: Record<string, unknown>): unknown {
  if (typeof name !== "string" || typeof path !== "string" || !name || !path || Object.keys(more).length > 0)
    return error(response, 400, "InvalidUserInput", "Both 'lora_name' and 'lora_path' must be provided.");
  if (held.has(name)) return error(response, 400, "InvalidUserInput", `The lora adapter '${name}' has already been loaded.`);
  if (conduct.refuseLoads || !/^\/adapters\/users\/[\w-]+\/[\w-]+$/.test(path))
    return error(response, 404, "NotFoundError", `Loading lora ${name} failed: No adapter found for ${path}`);
  if (held.size >= Number(slots)) return error(response, 400, "BadRequestError", "No free lora slots");
  held.set(name, path);
  calls.push(`load ${name}`);
  return response.end(`Success: LoRA adapter '${name}' added successfully.`);
}

function unload(response: ServerResponse, { lora_name: name }: Record<string, unknown>): unknown {
  if (typeof name !== "string" || !held.delete(name))
    return error(response, 404, "NotFoundError", `The lora adapter '${String(name)}' cannot be found.`);
  calls.push(`unload ${name}`);
  return response.end(`Success: LoRA adapter '${name}' removed successfully.`);
}

async function chat(response: ServerResponse, body: Record<string, unknown>): Promise<unknown> {
  const model = String(body["model"]);
  if (model !== BASE && !held.has(model)) return error(response, 404, "NotFoundError", `The model \`${model}\` does not exist.`);
  calls.push(`ask ${model}`);
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${upstream}/chat/completions`, { method: "POST", headers, body: JSON.stringify(body) });
  response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
  for await (const piece of answer.body ?? []) response.write(piece);
  return response.end();
}

const server = createServer(async (request, response) => {
  const body = await bodyOf(request);
  const models = [{ id: BASE, parent: null }, ...[...held.keys()].map((id) => ({ id, parent: BASE }))];
  const routes: Readonly<Record<string, () => unknown>> = {
    "GET /v1/models": () => json(response, 200, { object: "list", data: models.map((model) => ({ ...model, object: "model" })) }),
    "POST /v1/load_lora_adapter": () => load(response, body),
    "POST /v1/unload_lora_adapter": () => unload(response, body),
    "POST /v1/chat/completions": () => chat(response, body),
    "GET /calls": () => json(response, 200, calls.splice(0)),
    "POST /conduct": () => json(response, 200, Object.assign(conduct, body)),
    "POST /restart": () => json(response, 200, held.clear() ?? {}),
  };
  await (routes[`${request.method} ${request.url}`] ?? (() => error(response, 404, "NotFoundError", "Not Found")))();
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" ? address?.port : ""}\n`);
});
process.on("disconnect", () => server.close(() => {}).closeAllConnections());
