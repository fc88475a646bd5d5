import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";

/** A version that nobody speaks: a server answers it with the versions it does speak (RFC 9000, 6.1), whoever asks. */
const UNSPOKEN = 0x1a2a3a4a;
const DATAGRAM_BYTES = 1200;
const ID_BYTES = 8;
const ATTEMPTS = 3;

/**
 * How long a datagram takes to a QUIC server and back, in ms; undefined when none comes back, since UDP is blocked on
 * the way or nobody is there. It needs no certificate and no build of QUIC.
 */
export async function probeUdp(host: string, port: number, timeoutMs: number): Promise<number | undefined> {
  const id = randomBytes(ID_BYTES);
  const datagram = Buffer.alloc(DATAGRAM_BYTES);
  datagram[0] = 0xc0;
  datagram.writeUInt32BE(UNSPOKEN, 1);
  datagram[5] = ID_BYTES;
  id.copy(datagram, 6);
  datagram[6 + ID_BYTES] = ID_BYTES;
  id.copy(datagram, 7 + ID_BYTES);
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  const started = performance.now();
  const late = AbortSignal.timeout(timeoutMs);
  const send = () => socket.send(datagram, port, host, () => {});
  const again = setInterval(send, timeoutMs / ATTEMPTS);
  try {
    send();
    for (;;) {
      const [answer] = (await once(socket, "message", { signal: late })) as [Buffer];
      if (answer.readUInt32BE(1) === 0 && answer.includes(id)) return performance.now() - started;
    }
  } catch {
    return undefined;
  } finally {
    clearInterval(again);
    socket.close();
  }
}
