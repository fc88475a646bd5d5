import { createReadStream } from "node:fs";
import { SynesisError } from "../../kernel/index.ts";

/**
 * The text of a file, or of standard input for "-".
 *
 * @param maxBytes more than this is refused before it is held.
 * @throws SynesisError INPUT_NOT_FOUND, INPUT_TOO_LARGE, INPUT_NOT_TEXT
 */
export async function readInput(path: string, maxBytes: number): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of path === "-" ? process.stdin : createReadStream(path)) {
      pieces.push(piece as Buffer);
      size += (piece as Buffer).length;
      if (size > maxBytes) throw new SynesisError("INPUT_TOO_LARGE", `More than ${maxBytes} bytes.`);
    }
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    throw new SynesisError("INPUT_NOT_FOUND", `(${path})`, { cause: error });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
  } catch (error) {
    throw new SynesisError("INPUT_NOT_TEXT", `(${path})`, { cause: error });
  }
}
