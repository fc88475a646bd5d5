/** A network between device and gateway, on loopback: it can lose UDP, cut everything, and change the device's address. */
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket as TcpSocket } from "node:net";

export class Relay {
  /** Datagrams are lost. */
  udpBlocked = false;
  /** Share of datagrams that are lost, and of those that come late and so out of order; 0 to 1. */
  loss = 0;
  reorder = 0;
  /** How long each datagram takes, in ms. */
  delay = 0;
  /** Each datagram of the device comes a second time, from another address. */
  copies = false;
  /** Datagrams that the gateway has sent there. */
  sentToCopies = 0;
  readonly #copier = createSocket("udp4").on("message", () => {
    this.sentToCopies += 1;
  });
  readonly #udp: Socket;
  readonly #tcp: Server;
  readonly #target: number;
  readonly #host: string;
  readonly #outward = new Map<string, Socket>();
  readonly #pipes = new Set<TcpSocket>();
  #cut = false;

  /** @param target the gateway's port on `host` */
  static async start(target: number, host = "127.0.0.1"): Promise<Relay> {
    const tcp = createServer().listen(0, "127.0.0.1");
    await once(tcp, "listening");
    const udp = createSocket("udp4").bind((tcp.address() as AddressInfo).port, "127.0.0.1");
    await once(udp, "listening");
    return new Relay(tcp, udp, target, host);
  }

  private constructor(tcp: Server, udp: Socket, target: number, host: string) {
    this.#tcp = tcp;
    this.#udp = udp;
    this.#target = target;
    this.#host = host;
    udp.on("message", (datagram, from) => {
      this.#pass(() => this.#outwardFor(from).send(datagram, target, host));
      if (this.copies) setTimeout(() => ignoreClosed(() => this.#copier.send(datagram, target, host)), 2);
    });
    tcp.on("connection", (socket) => this.#pipe(socket));
  }

  get port(): number {
    return this.#udp.address().port;
  }

  get cut(): boolean {
    return this.#cut;
  }

  /** Nothing passes, and nobody is told; what TCP was given meanwhile passes later, as it does where a cable was out. */
  set cut(cut: boolean) {
    this.#cut = cut;
    for (const pipe of this.#pipes) cut ? pipe.pause() : pipe.resume();
  }

  /** From here on the gateway sees the same device at another address, as after a change of network. */
  changeAddress(): void {
    for (const socket of this.#outward.values()) socket.close();
    this.#outward.clear();
  }

  /** Breaks all TCP connections at once. */
  breakTcp(): void {
    for (const pipe of this.#pipes) pipe.destroy();
  }

  #pass(send: () => void): void {
    if (this.udpBlocked || this.cut || Math.random() < this.loss) return;
    if (this.delay > 0) setTimeout(() => this.cut || ignoreClosed(send), this.delay);
    else if (Math.random() < this.reorder) setTimeout(() => ignoreClosed(send), 1 + Math.random() * 4);
    else ignoreClosed(send);
  }

  #outwardFor(from: RemoteInfo): Socket {
    const known = this.#outward.get(`${from.port}`);
    if (known) return known;
    const socket = createSocket("udp4");
    socket.on("message", (datagram) => this.#pass(() => this.#udp.send(datagram, from.port, from.address)));
    socket.on("error", () => {});
    this.#outward.set(`${from.port}`, socket);
    return socket;
  }

  #pipe(inward: TcpSocket): void {
    const outward = connect(this.#target, this.#host);
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      this.#pipes.add(from);
      from
        .on("error", () => {})
        .once("close", () => {
          this.#pipes.delete(from);
          to.destroy();
        });
      from.on("data", (bytes) => void to.write(bytes));
      if (this.cut) from.pause();
    }
  }

  close(): void {
    this.breakTcp();
    this.changeAddress();
    this.#udp.close();
    this.#copier.close();
    this.#tcp.close();
  }
}

/** What was late may find its socket closed: it is lost then. */
function ignoreClosed(send: () => void): void {
  try {
    send();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_SOCKET_DGRAM_NOT_RUNNING") throw error;
  }
}
