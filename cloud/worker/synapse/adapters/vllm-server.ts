import * as z from "zod";
import type { AdapterServer } from "./pool.ts";
import { servedName } from "./way.ts";

/** Loading reads a file of some hundred megabytes; ms. */
const LOAD_MS = 60_000;
const LIST_MS = 10_000;

const Models = z.object({ data: z.array(z.object({ id: z.string() })) });
const OURS = servedName({ id: "" });

/** vLLM's calls for adapters at run time, which others have taken over. What the server says in an error is not passed on. */
export function vllmServer({ baseUrl, key }: { readonly baseUrl: string; readonly key: string | undefined }): AdapterServer {
  const call = async (path: string, ms: number, body?: object): Promise<Response> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: body ? "POST" : "GET",
      redirect: "manual", // a redirect would carry the key along
      signal: AbortSignal.timeout(ms),
      headers: { ...(body && { "content-type": "application/json" }), ...(key !== undefined && { authorization: `Bearer ${key}` }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.ok) return response;
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  };
  const list = async () => {
    const { data } = Models.parse(await (await call("/models", LIST_MS)).json());
    return data.map(({ id }) => id).filter((id) => id.startsWith(OURS));
  };
  return {
    list,
    async load(name, path) {
      await call("/load_lora_adapter", LOAD_MS, { lora_name: name, lora_path: path });
    },
    async unload(name) {
      await call("/unload_lora_adapter", LIST_MS, { lora_name: name }).catch(async (error: unknown) => {
        if ((await list()).includes(name)) throw error; // otherwise it was gone already
      });
    },
  };
}
