import { once } from "node:events";
import { type IncomingMessage, Agent as PlainAgent, request as requestPlainly } from "node:http";
import { Agent, type AgentOptions, request } from "node:https";
import { Duplex } from "node:stream";
import { FrameDecoder } from "../../../cloud/wire/frames.ts";
import { decodeMessage, encodeMessage } from "../../../cloud/wire/messages.ts";
import { FRAMES_CONTENT, isRequest, type RequestName, requestPath } from "../../../cloud/wire/requests.ts";
import { errorOfStatus } from "../../../cloud/wire/status-codes.ts";
import { SynesisError } from "../../../kernel/index.ts";
import type { Target, Transport, TransportEnd } from "./transport.ts";

const MAX_STREAMS = 32;

/** HTTPS straight to the Worker, with a token: each request is a POST. @throws SynesisError TUNNEL_UNREACHABLE without a Worker's address */
export async function openHttps({ worker }: Target): Promise<Transport> {
  if (!worker) throw new SynesisError("TUNNEL_UNREACHABLE", "(https: there is no address of a Worker)");
  const agent = agentFor(worker);
  const open = new Set<Duplex>();
  const room = new Set<() => void>();
  const traffic = { sent: 0, received: 0 };
  let detail = "the connection was closed";
  const { promise: ended, resolve: end } = Promise.withResolvers<TransportEnd>();
  return {
    kind: "https",
    open: () => {
      if (open.size >= MAX_STREAMS) return undefined;
      const stream = new HttpsStream(worker, agent, traffic);
      open.add(stream);
      stream.once("error", (error: NodeJS.ErrnoException) => {
        detail = error.code ?? error.message;
      });
      stream.once("close", () => {
        open.delete(stream);
        for (const listener of room) listener();
      });
      return stream;
    },
    onRoom: (listener) => void room.add(listener),
    ended,
    traffic: () => ({ ...traffic }),
    close: () => {
      for (const stream of open) stream.destroy(new Error("the connection was closed"));
      agent.destroy();
      end({ reason: "closed", detail });
    },
  };
}

function agentFor({ url, ca }: NonNullable<Target["worker"]>): Agent | PlainAgent {
  const kept = { keepAlive: true, maxSockets: MAX_STREAMS };
  if (url.protocol === "http:") return new PlainAgent(kept);
  // the way out of networks that let nothing else pass; proxyEnv came with Node 24.5, and its types lack it
  const options: AgentOptions & { proxyEnv: NodeJS.ProcessEnv } = { ...kept, minVersion: "TLSv1.3", ca, proxyEnv: process.env };
  return new Agent(options);
}

/** One request: what is written is its frames, what is read the frames of the answer. */
class HttpsStream extends Duplex {
  readonly #worker: NonNullable<Target["worker"]>;
  readonly #agent: Agent | PlainAgent;
  readonly #traffic: { sent: number; received: number };
  readonly #written: Uint8Array[] = [];
  readonly #stop = new AbortController();
  #answer: IncomingMessage | undefined;

  constructor(worker: NonNullable<Target["worker"]>, agent: Agent | PlainAgent, traffic: { sent: number; received: number }) {
    super();
    this.#worker = worker;
    this.#agent = agent;
    this.#traffic = traffic;
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: () => void): void {
    this.#written.push(bytes);
    done();
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send().then(
      () => done(),
      (error) => done(error),
    );
  }

  override _read(): void {
    this.#answer?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stop.abort();
    done(error);
  }

  async #send(): Promise<void> {
    const body = Buffer.concat(this.#written);
    const { name, headers } = describeRequest(body);
    const ask = this.#worker.url.protocol === "http:" ? requestPlainly : request;
    const post = ask(new URL(requestPath(name), this.#worker.url), {
      method: "POST",
      agent: this.#agent,
      signal: this.#stop.signal,
      headers: { authorization: `Bearer ${this.#worker.token}`, "content-type": FRAMES_CONTENT, "content-length": body.length, ...headers },
    });
    post.end(body);
    this.#traffic.sent += body.length;
    const [answer] = (await once(post, "response")) as [IncomingMessage];
    post.on("error", (error) => this.destroy(error));
    if (answer.statusCode === 200 && answer.headers["content-type"] === FRAMES_CONTENT) this.#take(answer);
    else {
      answer.resume();
      this.push(encodeMessage("error", errorOfStatus(answer.statusCode ?? 0, answer.headers["retry-after"])));
      this.push(null);
    }
  }

  #take(answer: IncomingMessage): void {
    this.#answer = answer;
    answer.on("data", (bytes: Uint8Array) => {
      this.#traffic.received += bytes.length;
      if (!this.push(bytes)) answer.pause();
    });
    answer.once("end", () => this.push(null));
    answer.once("error", (error) => this.destroy(error));
  }
}

function describeRequest(body: Uint8Array): { name: RequestName; headers: Record<string, string> } {
  const [first, second] = new FrameDecoder().push(body);
  const asked = first?.name === "requestHead" ? second : first;
  if (!first || !asked || !isRequest(asked.name)) throw new Error("this is no request");
  const headers = asked === first ? {} : { "idempotency-key": decodeMessage("requestHead", first).idempotencyKey };
  return { name: asked.name, headers: headers as Record<string, string> };
}
