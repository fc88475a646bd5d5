import { createPrivateKey, randomUUID, sign } from "node:crypto";
import { Agent as HttpAgent, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { pipeline } from "node:stream";
import type { DeviceIdentity } from "../device-ca/identity.ts";
import { ErrorCode } from "../wire/generated/cloud_pb.js";
import { IDENTITY_HEADER, type IdentityStatement, type Signer, writeIdentity } from "../wire/identity-header.ts";
import { FRAMES_CONTENT, type RequestName, requestPath } from "../wire/requests.ts";
import { errorOfStatus } from "../wire/status-codes.ts";
import { Refused } from "./refuse.ts";

const SOCKETS = 512;

export interface UpstreamOptions {
  readonly url: URL;
  readonly gatewayId: string;
  readonly sign: Signer;
  readonly timeoutMs: number;
}

export interface ForwardedRequest {
  readonly name: RequestName;
  readonly device: DeviceIdentity;
  readonly idempotencyKey: string;
  /** Frames as they come. */
  readonly body: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

/** The Worker, spoken to over HTTP or HTTPS with connections that are kept. */
export class Upstream {
  readonly #options: UpstreamOptions;
  readonly #agent: HttpAgent;
  readonly #request: typeof requestHttp;

  constructor(options: UpstreamOptions) {
    const secure = options.url.protocol === "https:";
    this.#options = options;
    this.#agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: SOCKETS });
    this.#request = secure ? requestHttps : requestHttp;
  }

  /** The Worker's answer, which is frames. @throws Refused */
  async forward({ name, device, idempotencyKey, body, signal }: ForwardedRequest): Promise<IncomingMessage> {
    const path = requestPath(name);
    const request = this.#request(new URL(path, this.#options.url), {
      method: "POST",
      agent: this.#agent,
      signal,
      timeout: this.#options.timeoutMs,
      headers: {
        "content-type": FRAMES_CONTENT,
        [IDENTITY_HEADER]: this.#identity({ ...device, method: "POST", path, idempotencyKey }),
        ...(idempotencyKey && { "idempotency-key": idempotencyKey }),
      },
    });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once("response", resolve);
      request.once("timeout", () =>
        request.destroy(new Refused(ErrorCode.TIMEOUT, "the Worker did not answer in time", { notProcessed: false })),
      );
      request.once("error", (error: NodeJS.ErrnoException) =>
        reject(error instanceof Refused ? error : unreachable(error, request.reusedSocket)),
      );
      pipeline(body, request, (error) => error instanceof Refused && reject(error));
    });
    if (answer.statusCode === 200 && answer.headers["content-type"] === FRAMES_CONTENT) return answer;
    answer.resume();
    const { code, message, ...more } = errorOfStatus(answer.statusCode ?? 0, answer.headers["retry-after"]);
    throw new Refused(code, message, more);
  }

  /** Ids of devices that are no longer to be let in. @throws Error when the Worker does not say */
  async revoked(): Promise<ReadonlySet<string>> {
    const path = "/v1/gateway/revocations";
    const identity = this.#identity({ userId: "", deviceId: "", method: "GET", path, idempotencyKey: "" });
    const answer = await fetch(new URL(path, this.#options.url), {
      headers: { [IDENTITY_HEADER]: identity },
      signal: AbortSignal.timeout(this.#options.timeoutMs),
    });
    if (!answer.ok) throw new Error(`the Worker answered ${answer.status}`);
    const { revoked } = (await answer.json()) as { revoked?: unknown };
    if (!Array.isArray(revoked)) throw new Error("the Worker's list cannot be read");
    return new Set(revoked.map(String));
  }

  #identity(about: Pick<IdentityStatement, "userId" | "deviceId" | "method" | "path" | "idempotencyKey">): string {
    const statement = { ...about, gatewayId: this.#options.gatewayId, issuedUnixMs: Date.now(), nonce: randomUUID() };
    return writeIdentity(statement, this.#options.sign);
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A kept connection that the Worker was just closing has not carried the request. */
function unreachable(error: NodeJS.ErrnoException, reused: boolean): Refused {
  const notProcessed = error.code === "ECONNREFUSED" || error.code === "ENOTFOUND" || (reused && error.code === "ECONNRESET");
  return new Refused(ErrorCode.UNAVAILABLE, "the Worker cannot be reached", { retryAfterMs: 200, notProcessed });
}

/** Signs with an Ed25519 key in PEM. */
export function signerOf(pem: string): Signer {
  const key = createPrivateKey(pem);
  return (bytes) => sign(null, bytes, key);
}
