import { createSocket, type Socket } from "node:dgram";
import type { LookupAddress } from "node:dns";
import { EventEmitter, once } from "node:events";
import type { Address } from "./settings.ts";

/** A socket's own buffers: a burst of packets waits there while the thread is busy. */
export const SOCKET_BUFFER = 4 * 1024 * 1024;

/** What sending says when the address that a socket was given is this machine's no longer, or leads nowhere. */
const MOVED: readonly string[] = ["ENETUNREACH", "EADDRNOTAVAIL", "EHOSTUNREACH", "ENETDOWN", "EINVAL"];

/**
 * A device's UDP socket to one server. When the machine's address has changed it goes on from the new one: the server
 * knows the connection by its id, and follows (RFC 9000, 9.3).
 */
export class ClientSocket extends EventEmitter<{ message: [Buffer]; lost: [string]; moved: [] }> {
  readonly #server: LookupAddress;
  readonly #port: number;
  #socket: Socket;
  #moving = false;
  #closed = false;

  static async open(server: LookupAddress, port: number): Promise<ClientSocket> {
    return new ClientSocket(server, port, await connected(server, port));
  }

  private constructor(server: LookupAddress, port: number, socket: Socket) {
    super();
    this.#server = server;
    this.#port = port;
    this.#socket = this.#listen(socket);
  }

  get address(): Address {
    return addressOf(this.#socket);
  }

  /** A datagram that could not be sent is a lost packet: QUIC sends it again. */
  send(datagram: Uint8Array): void {
    this.#socket.send(datagram, (error: NodeJS.ErrnoException | null) => {
      if (MOVED.includes(error?.code ?? "") && !this.#moving) void this.#move();
    });
  }

  close(): void {
    this.#closed = true;
    this.#socket.close();
  }

  #listen(socket: Socket): Socket {
    socket.on("message", (datagram) => this.emit("message", datagram));
    return socket.on("error", (error: NodeJS.ErrnoException) => this.emit("lost", error.code ?? "the network failed"));
  }

  async #move(): Promise<void> {
    this.#moving = true;
    const socket = await connected(this.#server, this.#port).catch(() => undefined); // there is no way now; the next datagram tries again
    this.#moving = false;
    if (!socket || this.#closed) return void socket?.close();
    this.#socket.close();
    this.#socket = this.#listen(socket);
    this.emit("moved");
  }
}

async function connected({ address, family }: LookupAddress, port: number): Promise<Socket> {
  const socket = createSocket({ type: family === 6 ? "udp6" : "udp4", recvBufferSize: SOCKET_BUFFER, sendBufferSize: SOCKET_BUFFER });
  socket.connect(port, address);
  try {
    await once(socket, "connect");
  } catch (error) {
    socket.close();
    throw error;
  }
  return socket;
}

export function addressOf(socket: Socket): Address {
  const { address, port } = socket.address();
  return { host: address, port };
}
