/** The network as a sandboxed plugin gets it: the hosts it was granted, over HTTPS, and nothing that leads elsewhere. */
import { SandboxFault } from "./fault.ts";
import type { Net, NetRequest, NetResponse } from "./sandbox-api.ts";

const MAX_REQUEST = 1024 * 1024;
const MAX_RESPONSE = 8 * 1024 * 1024;
/** What the machine's own software listens on; a granted one is reached without TLS. */
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const METHODS = ["GET", "POST"];

/** Called with the exact bytes before they leave; what it throws keeps them here. */
export type OnSend = (host: string, body: string) => void;

/**
 * @param hosts as granted: a name, and a port where it is not 443.
 * @param signal ends what is under way.
 */
export function netFor(hosts: readonly string[], onSend: OnSend, signal: AbortSignal): Net {
  return async (requestJson) => {
    const { url, method, headers, body } = requestOf(requestJson);
    const { host, protocol } = url;
    const wanted = LOOPBACK.test(host) ? ["http:", "https:"] : ["https:"];
    if (!hosts.includes(host) || !wanted.includes(protocol)) throw new SandboxFault("asked for a host that it was not granted");
    // The address can carry text as well as the body can.
    onSend(host, `${method} ${url.pathname}${url.search}\n${JSON.stringify(headers)}\n\n${body}`);
    const response = await fetch(url, { method, headers, signal, redirect: "manual", ...(method === "GET" ? {} : { body }) });
    const given: NetResponse = {
      status: response.status,
      headers: { "content-type": response.headers.get("content-type") ?? "" },
      body: await bounded(response),
    };
    return JSON.stringify(given);
  };
}

function requestOf(json: string): Omit<NetRequest, "url"> & { url: URL } {
  if (typeof json !== "string" || json.length > MAX_REQUEST) throw new SandboxFault("sent too much at once");
  const { url, method, headers, body } = JSON.parse(json) as Record<keyof NetRequest, unknown>;
  if (typeof url !== "string" || !URL.canParse(url)) throw new SandboxFault("asked for what is not an address");
  if (typeof method !== "string" || !METHODS.includes(method) || typeof body !== "string")
    throw new SandboxFault("made a request that cannot be sent");
  return { url: new URL(url), method, headers: headersOf(headers), body };
}

/** Headers that steer where a request goes, or whose it is, are the host's affair. */
const OWN_HEADERS = /^(?:host|connection|cookie|proxy-.*|sec-.*|transfer-encoding|content-length|upgrade|te|trailer)$/;

function headersOf(headers: unknown): Record<string, string> {
  return Object.fromEntries(
    Object.entries((headers ?? {}) as Record<string, unknown>)
      .map(([name, value]): [string, string] => [name.toLowerCase(), String(value)])
      .filter(([name, value]) => /^[a-z0-9-]{1,64}$/.test(name) && !OWN_HEADERS.test(name) && /^[\x20-\x7e]{0,4096}$/.test(value)),
  );
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > MAX_RESPONSE) throw new SandboxFault("was sent more than it may receive");
    parts.push(part);
  }
  return Buffer.concat(parts).toString("utf8");
}
