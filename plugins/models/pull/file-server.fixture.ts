/** A real HTTP server for one file, which misbehaves as a test asks it to. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Asked {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
  readonly ranged: boolean;
  /** How many requests came before, the first look at the file counted in. */
  readonly number: number;
  readonly request: IncomingMessage;
}

/** Answers in place of the server; gives false when the server should answer after all. */
export type Misbehaviour = (response: ServerResponse, asked: Asked) => boolean;

export class FileServer {
  bytes: Buffer;
  etag: string | undefined = '"one"';
  ranges = true;
  misbehave: Misbehaviour = () => false;
  readonly requests: Asked[] = [];
  readonly #server = createServer((request, response) => this.#answer(request, response));

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/model.gguf`;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  headers(asked: Asked): Record<string, string> {
    return {
      ...(this.etag === undefined ? {} : { etag: this.etag }),
      "content-length": String(asked.end - asked.start),
      ...(asked.ranged ? { "content-range": `bytes ${asked.start}-${asked.end - 1}/${this.bytes.length}` } : {}),
    };
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const other = request.headers["if-range"];
    const ranged = from !== undefined && this.ranges && (other === undefined || other === this.etag);
    const asked: Asked = {
      start: ranged ? Number(from) : 0,
      end: ranged ? Math.min(Number(to) + 1, this.bytes.length) : this.bytes.length,
      ranged,
      number: this.requests.length,
      request,
    };
    this.requests.push(asked);
    if (this.misbehave(response, asked)) return;
    response.writeHead(ranged ? 206 : 200, this.headers(asked)).end(this.bytes.subarray(asked.start, asked.end));
  }
}
