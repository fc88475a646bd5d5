/** One file on an HTTP server, asked for in pieces; believes nothing that it cannot check. */
import { Fault } from "./fault.ts";

/** What a server says of a file before it is downloaded. */
export interface RemoteFile {
  /** Bytes; null when the server does not say. */
  readonly size: number | null;
  /** Whether pieces can be asked for. */
  readonly ranges: boolean;
  /** Changes when the file does: a strong entity tag or a date; null when the server gives none. */
  readonly version: string | null;
  /** Hex SHA-256 that the hub gives with its files. */
  readonly sha256: string | null;
}

const MAX_REDIRECTS = 10;

/** Asks for the first byte only, which tells the size and whether pieces are served. */
export async function probeRemote(url: string, signal: AbortSignal): Promise<RemoteFile> {
  const { response, sha256 } = await request(url, { range: "bytes=0-0" }, signal);
  await response.body?.cancel();
  const version = versionOf(response);
  if (response.status === 206) return { size: contentRange(response).size, ranges: true, version, sha256 };
  if (response.status !== 200) throw refusal(response.status);
  const length = response.headers.get("content-length");
  const encoded = response.headers.has("content-encoding"); // then the length is not the file's
  return { size: length === null || encoded ? null : Number(length), ranges: false, version, sha256 };
}

/** The bytes from `start` to `end`, exclusive. @throws Fault, "changed" when the file is another one by now. */
export async function requestPiece(
  url: string,
  { start, end, size, version }: { start: number; end: number; size: number; version: string | null },
  signal: AbortSignal,
): Promise<ReadableStream<Uint8Array>> {
  const headers = { range: `bytes=${start}-${end - 1}`, ...(version === null ? {} : { "if-range": version }) };
  const { response } = await request(url, headers, signal);
  try {
    if (response.status === 200 || (response.status === 206 && versionOf(response) !== version))
      throw new Fault("changed", "the file changed");
    if (response.status !== 206) throw refusal(response.status);
    const given = contentRange(response);
    if (given.size !== size) throw new Fault("changed", "the file changed its size");
    if (given.start !== start || given.end !== end) throw new Fault("lasting", "the server gave another piece than the one asked for");
    if (!response.body) throw new Fault("passing", "the server gave nothing");
    return response.body;
  } catch (error) {
    await response.body?.cancel();
    throw error;
  }
}

/** The whole file as one stream. */
export async function requestWhole(url: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
  const { response } = await request(url, {}, signal);
  if (response.status === 200 && response.body) return response.body;
  await response.body?.cancel();
  throw refusal(response.status);
}

/** Follows redirects by hand: the hub's checksum stands on one of them, and none may leave https. */
async function request(
  url: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<{ response: Response; sha256: string | null }> {
  let at = new URL(url);
  let sha256: string | null = null;
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const response = await send(at, headers, signal);
    sha256 ??= /^"?([0-9a-f]{64})"?$/.exec(response.headers.get("x-linked-etag") ?? "")?.[1] ?? null;
    const location = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || location === null) return { response, sha256 };
    await response.body?.cancel();
    const next = URL.canParse(location, at.href) ? new URL(location, at) : undefined;
    if (!next || (next.protocol !== at.protocol && next.protocol !== "https:"))
      throw new Fault("lasting", "the server redirects to an address that is not safe");
    at = next;
  }
  throw new Fault("lasting", "the server redirects without end");
}

async function send(url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url.href, { headers: { "accept-encoding": "identity", ...headers }, redirect: "manual", signal });
  } catch (error) {
    signal.throwIfAborted();
    const code = ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
    throw new Fault("passing", `no answer from ${url.host}${code ? ` (${code})` : ""}`);
  }
}

function refusal(status: number): Fault {
  const passing = status === 408 || status === 429 || status >= 500;
  return new Fault(passing ? "passing" : "lasting", `the server answered ${status}`);
}

/** Only a strong tag says that every byte is the same. */
function versionOf({ headers }: Response): string | null {
  const tag = headers.get("etag");
  return tag !== null && !tag.startsWith("W/") ? tag : headers.get("last-modified");
}

function contentRange({ headers }: Response): { start: number; end: number; size: number } {
  const [, start, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  const range = { start: Number(start), end: Number(last) + 1, size: Number(size) };
  if (size === undefined || !Number.isSafeInteger(range.size) || range.end > range.size)
    throw new Fault("lasting", "the server does not say which piece it gives");
  return range;
}
