import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";

/** An HTTP proxy on loopback; it knows which hosts it was asked for, and sends everybody to this machine. */
export async function startProxy() {
  const asked: string[] = [];
  const server = createServer().listen(0, "127.0.0.1");
  server.on("connect", ({ url = "" }, socket) => {
    asked.push(url);
    const outward = connect(Number(url.split(":")[1]), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      outward.pipe(socket).pipe(outward);
    });
    for (const side of [socket, outward]) side.on("error", () => [socket, outward].forEach((each) => void each.destroy()));
  });
  await once(server, "listening");
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, close: () => void server.close() };
}
