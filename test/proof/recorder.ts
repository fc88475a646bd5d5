/** Somebody between two who speak HTTP: passes everything on, and keeps every byte of what is asked, before it is passed on. */
import { once } from "node:events";
import { createServer, type IncomingMessage, request as open, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export class Recorder {
  #kept: Buffer[] = [];
  readonly #closing: (() => Promise<void>)[] = [];

  /** The address to use in the place of `url`; what follows the host is the same. */
  async before(url: string): Promise<string> {
    const target = new URL(url);
    const server = createServer((asked, response) => this.#pass(asked, response, target)).listen(0, "127.0.0.1");
    await once(server, "listening");
    this.#closing.push(async () => {
      server.close().closeAllConnections();
      await once(server, "close");
    });
    const here = new URL(url);
    here.port = `${(server.address() as AddressInfo).port}`;
    return url.endsWith("/") ? here.href : here.href.replace(/\/$/, "");
  }

  /** What was asked since the last look: paths, headers and bodies. */
  taken(): Buffer {
    const bytes = Buffer.concat(this.#kept);
    this.#kept = [];
    return bytes;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.map((close) => close()));
  }

  #pass(asked: IncomingMessage, response: ServerResponse, { hostname, port, host }: URL): void {
    const { method, url: path, rawHeaders } = asked;
    this.#kept.push(Buffer.from(`\n${method} ${path}\n${rawHeaders.join("\n")}\n`));
    const onward = open({ hostname, port, method, path, headers: { ...asked.headers, host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    const end = () => {
      onward.destroy();
      response.destroy();
    };
    onward.once("error", end);
    response.once("close", end);
    const body: Buffer[] = [];
    asked.on("data", (bytes: Buffer) => body.push(bytes));
    // One body in one piece, so that nothing of another request stands between its parts.
    asked.on("end", () => {
      this.#kept.push(...body);
      onward.end(Buffer.concat(body));
    });
  }
}
