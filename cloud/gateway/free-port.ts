import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

/** One that is free for TCP; UDP ports are much less in use. */
export async function freePort(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
