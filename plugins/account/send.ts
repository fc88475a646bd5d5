/** One HTTP request to the cloud: TLS 1.3, through the proxy that the environment names, never to another host than asked. */
import { once } from "node:events";
import http, { type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import { SynesisError } from "../../kernel/index.ts";

export interface Outgoing {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | undefined;
  readonly signal: AbortSignal;
}

/** It broke before an answer came. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
  /** Whether the request may have arrived. */
  readonly sent: boolean;

  constructor(sent: boolean, cause: unknown) {
    super("no answer came", { cause });
    this.sent = sent;
  }
}

/** Plain http is for one's own machine alone, where no proxy is of use. */
export function agentFor(url: URL): http.Agent {
  if (url.protocol === "http:") return new http.Agent({ keepAlive: true });
  // proxyEnv came with Node 24.5; the types of Node 24 lack it
  const options: https.AgentOptions & { proxyEnv: NodeJS.ProcessEnv } = { keepAlive: true, minVersion: "TLSv1.3", proxyEnv: process.env };
  return new https.Agent(options);
}

/** The answer once its head is there, whatever its status. @throws NoAnswer; SynesisError TUNNEL_SERVER_UNTRUSTED; the signal's reason */
export async function send({ method, url, headers, body, signal }: Outgoing, agent: http.Agent): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const options: RequestOptions = { method, headers: { ...headers, ...lengthOf(body) }, agent, signal };
  const request = (url.protocol === "http:" ? http : https).request(url, options);
  let sent = false;
  request.once("finish", () => {
    sent = true;
  });
  request.end(body);
  try {
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    request.on("error", () => {}); // whoever reads the answer hears of it
    // An answer that came before all was sent: what is left may never be taken, and would keep the process alive.
    answer.once("end", () => request.writableFinished || request.destroy());
    return answer;
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (isCertificateFault(error)) throw new SynesisError("TUNNEL_SERVER_UNTRUSTED", `(${url.host})`, { cause: error });
    throw new NoAnswer(sent, error);
  }
}

function lengthOf(body: Uint8Array | string | undefined): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

function isCertificateFault(error: unknown): boolean {
  return /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|ERR_TLS_CERT|HOSTNAME_MISMATCH)/.test(String((error as { code?: unknown }).code));
}
