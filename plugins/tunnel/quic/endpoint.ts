import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { addressOf, ClientSocket, SOCKET_BUFFER } from "./client-socket.ts";
import { QuicConnection } from "./connection.ts";
import type { Quiche, QuicheConfig } from "./quiche.ts";
import { type Address, type QuicSettings, quicheConfig, type TlsIdentity } from "./settings.ts";

export interface ConnectOptions extends Address {
  /** The DNS name that the server's certificate must carry. */
  readonly serverName: string;
  readonly identity: TlsIdentity;
  readonly settings: QuicSettings;
}

/** Starts a connection on a socket of its own; listen to its events, nothing has happened yet. */
export async function connectQuic(quiche: Quiche, options: ConnectOptions): Promise<QuicConnection> {
  const server = await lookup(options.host);
  const socket = await ClientSocket.open(server, options.port);
  const local = socket.address;
  const peer = { host: server.address, port: options.port };
  const config = quicheConfig(quiche, options.identity, options.settings);
  const native = quiche.Connection.connect(options.serverName, randomBytes(quiche.MAX_CONN_ID_LEN), local, peer, config);
  const connection = new QuicConnection(quiche, native, {
    client: true,
    local,
    peer,
    datagramBytes: options.settings.datagramBytes,
    send: (datagram) => socket.send(datagram),
  });
  socket.on("message", (datagram) => connection.receive(datagram, peer));
  socket.on("lost", (detail) => connection.lose(detail));
  socket.on("moved", () => connection.ping());
  connection.once("gone", () => socket.close());
  connection.flush();
  return connection;
}

export interface ListenOptions extends Address {
  readonly identity: TlsIdentity;
  readonly settings: QuicSettings;
  /** Connections at most, and beside them those whose handshake is not done: a flood of these harms nobody who is in. */
  readonly maxConnections: number;
  readonly maxHandshakes: number;
  readonly onConnection: (connection: QuicConnection, from: Address) => void;
}

/** The server's side: one socket for all connections. */
export class QuicListener {
  readonly #quiche: Quiche;
  readonly #socket: Socket;
  readonly #config: QuicheConfig;
  readonly #options: ListenOptions;
  readonly #resetKey: Buffer;
  /** By connection id, as latin1: those the client chose at first and those we gave. */
  readonly #connections = new Map<string, QuicConnection>();
  #secured = 0;
  #handshakes = 0;
  #accepting = true;

  static async listen(quiche: Quiche, options: ListenOptions): Promise<QuicListener> {
    const socket = createSocket({
      type: isIPv6(options.host) ? "udp6" : "udp4",
      recvBufferSize: SOCKET_BUFFER,
      sendBufferSize: SOCKET_BUFFER,
      lookup: (host, _options, done) => done(null, host, isIPv6(host) ? 6 : 4),
    });
    const listening = once(socket, "listening");
    socket.bind(options.port, options.host);
    await listening;
    return new QuicListener(quiche, socket, options);
  }

  private constructor(quiche: Quiche, socket: Socket, options: ListenOptions) {
    this.#quiche = quiche;
    this.#socket = socket;
    this.#options = options;
    this.#config = quicheConfig(quiche, options.identity, options.settings);
    this.#resetKey = Buffer.from(hkdfSync("sha256", options.identity.key, "", "stateless reset", 32));
    socket.on("message", (datagram, from) => {
      try {
        this.#receive(datagram, from);
      } catch {
        // The engine refuses what is no handshake: nothing was begun, and nobody is owed an answer.
      }
    });
    socket.on("error", () => {});
  }

  get address(): Address {
    return addressOf(this.#socket);
  }

  #receive(datagram: Buffer, from: RemoteInfo): void {
    const peer = { host: from.address, port: from.port };
    const header = parseHeader(this.#quiche, datagram);
    if (!header) return;
    const known = this.#connections.get(header.id);
    if (known) known.receive(datagram, peer);
    else if (header.short) this.#reset(header.dcid, datagram.length, peer);
    else if (!this.#quiche.versionIsSupported(header.version)) this.#negotiate(header, peer);
    else if (header.initial && datagram.length >= this.#quiche.MIN_CLIENT_INITIAL_LEN) this.#accept(header.dcid, datagram, peer);
  }

  #accept(dcid: Uint8Array, datagram: Buffer, peer: Address): void {
    const { maxConnections, maxHandshakes } = this.#options;
    if (!this.#accepting || this.#secured >= maxConnections || this.#handshakes >= maxHandshakes) return;
    const scid = randomBytes(this.#quiche.MAX_CONN_ID_LEN);
    const local = this.address;
    this.#config.setStatelessResetToken(this.#resetToken(scid).readBigUInt64BE(0) * 2n ** 64n + this.#resetToken(scid).readBigUInt64BE(8));
    const native = this.#quiche.Connection.accept(scid, null, local, peer, this.#config);
    const connection = new QuicConnection(this.#quiche, native, {
      client: false,
      local,
      peer,
      datagramBytes: this.#options.settings.datagramBytes,
      send: (bytes, to) => this.#socket.send(bytes, to.port, to.host, ignoreSendError),
    });
    const ids = [keyOf(dcid), keyOf(scid)];
    for (const id of ids) this.#connections.set(id, connection);
    this.#handshakes += 1;
    connection.once("secured", () => {
      this.#handshakes -= 1;
      this.#secured += 1;
    });
    connection.once("gone", () => {
      for (const id of ids) this.#connections.delete(id);
      if (connection.secured) this.#secured -= 1;
      else this.#handshakes -= 1;
    });
    this.#options.onConnection(connection, peer);
    connection.receive(datagram, peer);
  }

  /** Tells a client whose connection this process does not know (it was restarted) that it is gone: RFC 9000, 10.3. */
  #reset(dcid: Uint8Array, length: number, peer: Address): void {
    if (length < 43) return;
    const answer = randomBytes(42);
    answer[0] = 0x40 | ((answer[0] ?? 0) & 0x3f);
    this.#resetToken(dcid).copy(answer, answer.length - 16);
    this.#socket.send(answer, peer.port, peer.host, ignoreSendError);
  }

  #resetToken(id: Uint8Array): Buffer {
    return createHmac("sha256", this.#resetKey).update(id).digest().subarray(0, 16);
  }

  #negotiate({ scid, dcid }: { scid: Uint8Array; dcid: Uint8Array }, peer: Address): void {
    const answer = Buffer.allocUnsafe(256);
    const length = this.#quiche.negotiateVersion(scid, dcid, answer);
    this.#socket.send(answer.subarray(0, length), peer.port, peer.host, ignoreSendError);
  }

  /** Lets no new connection in. */
  stopAccepting(): void {
    this.#accepting = false;
  }

  close(): void {
    this.#accepting = false;
    for (const connection of new Set(this.#connections.values())) connection.close(0, "the gateway stops");
    this.#socket.close();
  }
}

const keyOf = (id: Uint8Array) => Buffer.from(id.buffer, id.byteOffset, id.length).toString("latin1");

interface Header {
  readonly id: string;
  readonly dcid: Uint8Array;
  readonly scid: Uint8Array;
  readonly short: boolean;
  readonly initial: boolean;
  readonly version: number;
}

const NONE = new Uint8Array(0);

/** A short header, which nearly every packet has, is read here: the binding would make seven objects of it. */
function parseHeader(quiche: Quiche, datagram: Buffer): Header | undefined {
  const idLength = quiche.MAX_CONN_ID_LEN;
  const first = datagram[0];
  if (first === undefined) return undefined;
  if ((first & 0x80) === 0) {
    if (datagram.length < 1 + idLength) return undefined;
    return {
      id: datagram.toString("latin1", 1, 1 + idLength),
      dcid: datagram.subarray(1, 1 + idLength),
      scid: NONE,
      short: true,
      initial: false,
      version: 1,
    };
  }
  try {
    const { dcid, scid, ty, version } = quiche.Header.fromSlice(datagram, idLength);
    if (dcid.length > idLength || scid.length > idLength) return undefined;
    return { id: keyOf(dcid), dcid, scid, short: false, initial: ty === quiche.Type.Initial, version };
  } catch {
    return undefined;
  }
}

/** A datagram that could not be sent is a lost packet: QUIC sends it again. */
const ignoreSendError = () => {};
